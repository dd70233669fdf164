import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Apache Avro for Java on the same messages: generic records, the fast reader, encoder and decoder used again. */
public final class AvroPeer {
    private static final int CALLS = 1000;
    private static Object sink;

    private interface Action {
        Object run() throws Exception;
    }

    /** Arguments: seconds, the reader's schema file, then pairs of a writer's schema file and a message in hex. */
    public static void main(String[] args) throws Exception {
        double seconds = Double.parseDouble(args[0]);
        Schema reader = new Schema.Parser().parse(Files.readString(Path.of(args[1])));
        GenericData data = new GenericData();
        data.setFastReaderEnabled(true);
        for (int i = 2; i + 1 < args.length; i += 2) {
            Schema writer = new Schema.Parser().parse(Files.readString(Path.of(args[i])));
            byte[] message = HexFormat.of().parseHex(args[i + 1]);
            GenericDatumReader<Object> decoder = new GenericDatumReader<>(writer, reader, data);
            BinaryDecoder[] input = new BinaryDecoder[1];
            Action decode = () -> {
                input[0] = DecoderFactory.get().binaryDecoder(message, input[0]);
                return decoder.read(null, input[0]);
            };
            if (i == 2) {
                Object value = decode.run();
                GenericDatumWriter<Object> encoder = new GenericDatumWriter<>(reader, data);
                ByteArrayOutputStream output = new ByteArrayOutputStream();
                BinaryEncoder[] target = new BinaryEncoder[1];
                System.out.println(measure(seconds, () -> {
                    output.reset();
                    target[0] = EncoderFactory.get().binaryEncoder(output, target[0]);
                    encoder.write(value, target[0]);
                    target[0].flush();
                    return output.toByteArray();
                }));
            }
            System.out.println(measure(seconds, decode));
        }
    }

    private static double measure(double seconds, Action action) throws Exception {
        double best = Double.MAX_VALUE;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                sink = action.run();
            }
            best = Math.min(best, (System.nanoTime() - start) / (double) CALLS);
        }
        return best;
    }
}
