export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm as `GET /dev/alarms` shows it. */
export interface Alarm {
  readonly name: string;
  readonly plugin: string | null;
  readonly alarm: string | null;
  readonly state: AlarmState;
  readonly since: string;
  readonly reason: string;
  /** What is compared with the threshold. */
  readonly condition: string;
  readonly periodSeconds: number;
  /** The newest first. */
  readonly datapoints: readonly { readonly at: string; readonly value: number | null }[];
  readonly description: string;
  /** URL, or path in the project. */
  readonly runbook: string | null;
}

/** What the topic of the alarms would get. */
export interface AlarmNotification {
  readonly at: string;
  readonly alarm: string;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly topic: string;
  readonly reason: string;
}

export interface Alarms {
  readonly alarms: readonly Alarm[];
  /** The newest last. */
  readonly notifications: readonly AlarmNotification[];
}
