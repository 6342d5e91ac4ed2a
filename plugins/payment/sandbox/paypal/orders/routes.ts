import { creates, get, ORDERS_MS } from '../api/route.ts';
import { retrieve, shown } from '../api/stored.ts';
import { createOrder, showCreated } from './create.ts';
import { payOrder } from './pay.ts';
import { orderView, paidView } from './view.ts';

const showPaid = shown('order', orderView, paidView);

/** `/v2/checkout/orders`. */
export const orderRoutes = [
  creates('/v2/checkout/orders', createOrder, showCreated, ORDERS_MS),
  get('/v2/checkout/orders/{id}', retrieve('order', orderView)),
  creates('/v2/checkout/orders/{id}/authorize', payOrder('AUTHORIZE'), showPaid, ORDERS_MS),
  creates('/v2/checkout/orders/{id}/capture', payOrder('CAPTURE'), showPaid, ORDERS_MS),
];
