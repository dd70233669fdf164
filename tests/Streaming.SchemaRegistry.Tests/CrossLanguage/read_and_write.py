# Reads what .NET wrote and writes what .NET reads, with Avro's own library and the registry's REST API.
# In: the registry's URL, a message in base64. Out, a line each: the record as JSON, the message again, a newer one.
import base64, io, json, struct, sys, urllib.request

import avro.schema
from avro.io import BinaryDecoder, BinaryEncoder, DatumReader, DatumWriter


def call(method, url, body=None):
    request = urllib.request.Request(url, method=method, data=body and json.dumps(body).encode(),
                                     headers={'Content-Type': 'application/vnd.schemaregistry.v1+json'})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def write(schema_id, schema, record):
    out = io.BytesIO(struct.pack('>bI', 0, schema_id))
    out.seek(0, io.SEEK_END)
    DatumWriter(schema).write(record, BinaryEncoder(out))
    return base64.b64encode(out.getvalue()).decode()


url, message = sys.argv[1], base64.b64decode(sys.argv[2])
magic, schema_id = struct.unpack('>bI', message[:5])
text = call('GET', f'{url}/schemas/ids/{schema_id}')['schema']
schema = avro.schema.parse(text)
record = DatumReader(schema).read(BinaryDecoder(io.BytesIO(message[5:])))
print(json.dumps(record, default=str))
print(write(schema_id, schema, record))

later = json.loads(text)
later['fields'].insert(1, {'name': 'channel', 'type': 'string', 'default': 'web'})
later_id = call('POST', f'{url}/subjects/orders-value/versions', {'schema': json.dumps(later)})['id']
print(write(later_id, avro.schema.parse(json.dumps(later)), {**record, 'channel': 'app'}))
