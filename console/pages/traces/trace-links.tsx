/** Ways to other traces. */
export function TraceLinks({ ids }: { readonly ids: readonly string[] }) {
  return (
    <ul class="trace-links">
      {ids.map((id) => (
        <li key={id}>
          <a href={`/console/traces/${id}`}>
            <code>{id}</code>
          </a>
        </li>
      ))}
    </ul>
  );
}
