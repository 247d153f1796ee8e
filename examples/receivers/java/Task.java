import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** What the events of a task tell, whatever order they came in. */
final class Task {
    private final ObjectNode shown = Receiver.JSON.createObjectNode().put("state", "UNKNOWN");
    private final Map<String, ObjectNode> files = new TreeMap<>();
    private long turnedAt;
    private int events;

    void apply(Event event) {
        events++;
        if (!event.stream().isEmpty()) shown.put("streamName", event.stream());
        if (!event.target().isEmpty()) shown.put("pushTo", event.target());
        if (!event.sources().isEmpty()) shown.set("pullFrom", event.sources());
        switch (event.name()) {
            case "TaskStart" -> {
                turn(event, "ON_AIR"); // also after an exit: TaskExit is not final
                if (newer(event.at(), shown.path("lastStart").asLong())) {
                    shown.set("lastStart", event.msg().path("task_start_time"));
                }
            }
            case "TaskExit" -> {
                turn(event, "OFF_AIR");
                if (newer(event.at(), shown.path("lastExit").path("task_exit_time").asLong())) {
                    shown.set("lastExit", event.msg());
                }
            }
            case "VodSourceFileStart" -> file(event, false);
            case "VodSourceFileFinish" -> file(event, true);
            case "TaskAlarm" -> shown.put("alarms", shown.path("alarms").asInt() + 1); // a warning, no end
            default -> { } // kept, and no more
        }
    }

    private void turn(Event event, String state) {
        if (!newer(event.at(), turnedAt)) return;
        shown.put("state", state);
        turnedAt = event.at();
    }

    /** Times tell the order where both are there and differ. Else what comes later is newer. */
    private static boolean newer(long at, long known) {
        return at <= 0 || known <= 0 || at >= known;
    }

    private void file(Event event, boolean finished) {
        if (shown.path("state").asText().equals("UNKNOWN")) shown.put("state", "ON_AIR"); // it has overtaken its TaskStart
        // Place and URL name a file together: a list may have a URL twice.
        var index = event.msg().path("index").asText();
        var url = event.msg().path("url").asText();
        var file = files.computeIfAbsent(index + " " + url, key -> Receiver.JSON.createObjectNode().put("index", index).put("url", url));
        if (event.msg().hasNonNull("duration")) file.set("seconds", event.msg().get("duration"));
        file.put("played", finished || file.path("played").asBoolean()); // a start that comes later does not undo it
    }

    JsonNode describe() {
        var out = shown.deepCopy().put("events", events);
        files.values().forEach(file -> out.withArray("files").add(file.deepCopy()));
        return out;
    }
}
