// Reads what .NET wrote and writes what .NET reads, with kafkajs' client of the same registry.
// In: the registry's URL, a message in base64. Out: a JSON object.
const { SchemaRegistry, SchemaType } = require('@kafkajs/confluent-schema-registry');

async function main([url, message]) {
  const registry = new SchemaRegistry({ host: url, retry: { retries: 1 } });
  const read = await registry.decode(Buffer.from(message, 'base64'));

  const same = await registry.encode(await registry.getLatestSchemaId('orders-value'), read);

  // A later version of the same record, registered by this side.
  const later = await schemaOf(url, 'orders-value');
  later.fields.push({ name: 'channel', type: 'string', default: 'web' });
  const { id } = await registry.register({ type: SchemaType.AVRO, schema: JSON.stringify(later) }, { subject: 'orders-value' });
  const evolved = await registry.encode(id, { ...read, channel: 'app', note: null });

  let refused;
  try {
    const broken = { ...later, fields: [...later.fields, { name: 'must', type: 'int' }] };
    await registry.register({ type: SchemaType.AVRO, schema: JSON.stringify(broken) }, { subject: 'orders-value' });
  } catch (e) {
    refused = `${e.status}: ${e.message}`;
  }

  let unknown;
  try {
    await registry.decode(Buffer.from([0, 0, 0, 3, 231, 0]));
  } catch (e) {
    unknown = `${e.status}: ${e.message}`;
  }

  console.log(JSON.stringify({
    read, same: same.toString('base64'), evolved: evolved.toString('base64'), id, refused, unknown,
  }, (_, value) => typeof value === 'bigint' ? Number(value) : value));
}

async function schemaOf(url, subject) {
  const response = await fetch(`${url}/subjects/${subject}/versions/latest`);
  return JSON.parse((await response.json()).schema);
}

main(process.argv.slice(2)).catch(e => { console.error(e); process.exit(1); });
