import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Keeps the events, once each, in a file of JSON lines; and in memory what they tell, which is read from it at the start. */
final class Journal {
    private final FileChannel file;
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Task> tasks = new HashMap<>();

    Journal(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        var text = Files.readAllBytes(path);
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            if (text[i] != '\n') continue;
            remember(Receiver.JSON.readValue(text, start, i - start, Event.class));
            start = i + 1;
        }
        file.truncate(start); // a line without an end was not answered: the process was killed while it wrote
        file.position(start);
    }

    /** Returns when the event is on the disk. A copy waits for the first one, and changes nothing. */
    void add(Event event) throws IOException {
        var line = line(event);
        synchronized (this) {
            if (seen.contains(event.id())) return;
            var size = file.position();
            try {
                while (line.hasRemaining()) file.write(line);
                file.force(false);
            } catch (IOException e) {
                file.truncate(size); // so that half a line is not in the way of the next one
                throw e;
            }
            remember(event);
        }
    }

    private static ByteBuffer line(Event event) throws IOException {
        var json = Receiver.JSON.writeValueAsBytes(event);
        return ByteBuffer.allocate(json.length + 1).put(json).put((byte) '\n').flip();
    }

    private void remember(Event event) {
        seen.add(event.id());
        // Without an id it may be anybody's: kept for people to look at.
        if (!event.task().isEmpty()) tasks.computeIfAbsent(event.task(), id -> new Task()).apply(event);
    }

    /** What is known of a task; null if nothing is. */
    synchronized JsonNode describe(String task) {
        return tasks.containsKey(task) ? tasks.get(task).describe() : null;
    }
}
