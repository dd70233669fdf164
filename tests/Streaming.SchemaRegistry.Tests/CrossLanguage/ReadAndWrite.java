import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.Base64;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Reads what .NET wrote and writes what .NET reads, with Avro's own library and the registry's REST API. */
public class ReadAndWrite {
    static final HttpClient http = HttpClient.newHttpClient();
    static final ObjectMapper json = new ObjectMapper();

    /** In: the registry's URL, a message in base64. Out, a line each: the record, the message again, a newer one. */
    public static void main(String[] args) throws Exception {
        ByteBuffer message = ByteBuffer.wrap(Base64.getDecoder().decode(args[1]));
        message.get();
        int id = message.getInt();
        byte[] payload = new byte[message.remaining()];
        message.get(payload);

        String text = json.readTree(call("GET", args[0] + "/schemas/ids/" + id, null)).get("schema").asText();
        Schema schema = new Schema.Parser().parse(text);
        GenericRecord record = new GenericDatumReader<GenericRecord>(schema)
            .read(null, DecoderFactory.get().binaryDecoder(payload, null));
        System.out.println(record);
        System.out.println(write(id, record));

        ObjectNode later = (ObjectNode) json.readTree(text);
        ((ArrayNode) later.get("fields")).insertObject(1)
            .put("name", "channel").put("type", "string").put("default", "web");
        String body = json.writeValueAsString(json.createObjectNode().put("schema", later.toString()));
        int laterId = json.readTree(call("POST", args[0] + "/subjects/orders-value/versions", body)).get("id").asInt();
        Schema laterSchema = new Schema.Parser().parse(later.toString());
        GenericRecord evolved = new GenericData.Record(laterSchema);
        schema.getFields().forEach(field -> evolved.put(field.name(), record.get(field.name())));
        evolved.put("channel", "app");
        System.out.println(write(laterId, evolved));
    }

    static String call(String method, String url, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
            .build();
        var response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    static String write(int id, GenericRecord record) throws Exception {
        var out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
        var encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }
}
