import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.TreeSet;

/**
 * What a relay callback says: a line of the journal. The page is "Relay Event Notification", editions 2022-01 to 2025-09.
 *
 * @param id what makes two deliveries the same callback, for there is no event id
 */
record Event(String id, String task, String name, String stream, String target, JsonNode sources, JsonNode msg) {

    /** The outer object. Members that we do not know are ignored. */
    static JsonNode parse(byte[] body) throws Refused {
        var callback = decode("the body", body);
        // A missing event_type is no 0: that is the interruption of a push.
        if (!callback.path("event_type").isInt()) throw new Refused(400, "event_type is not a number");
        return callback;
    }

    /** Only the ids and to_url may be missing, as in the documented TaskExit sample. */
    static Event read(JsonNode callback) throws Refused {
        var name = required(callback, "callback_event");
        // Both are JSON inside a string: they are decoded a second time. source_urls ends in a newline.
        var sources = decode("source_urls", Receiver.bytes(required(callback, "source_urls")));
        var msg = decode("msg", Receiver.bytes(required(callback, "msg")));
        if (!msg.isObject()) throw new Refused(400, "msg holds no object");
        if (!sources.isArray()) throw new Refused(400, "source_urls holds no list");
        for (var url : sources) {
            if (!url.isTextual()) throw new Refused(400, "source_urls holds more than texts");
        }
        for (var number : new String[] {"task_start_time", "task_exit_time", "index"}) {
            checkNumber(msg, number);
        }
        for (var scalar : new String[] {"code", "duration"}) {
            if (msg.path(scalar).isContainerNode()) throw new Refused(400, scalar + " is neither a number nor a text");
        }
        text(msg, "url");
        text(msg, "message");
        if (callback.path("event_time").isContainerNode()) throw new Refused(400, "event_time is neither a number nor a text");
        var task = text(callback, "task_id");
        var same = Receiver.JSON.createArrayNode().add(name).add(sorted(msg, 0)).add(callback.path("event_time").asText());
        same.add(task.isEmpty() ? sources : same.textNode(task));
        var id = Receiver.digest("SHA-256", same.toString());
        return new Event(id, task, name, text(callback, "stream_id"), text(callback, "to_url"), sources, msg);
    }

    /** The event's own time in milliseconds; 0 if it has none. */
    long at() {
        return msg.path(name.equals("TaskStart") ? "task_start_time" : "task_exit_time").asLong();
    }

    static JsonNode decode(String name, byte[] json) throws Refused {
        try {
            return Receiver.JSON.readTree(json);
        } catch (IOException e) {
            throw new Refused(400, name + " holds no JSON");
        }
    }

    static String required(JsonNode members, String name) throws Refused {
        var value = text(members, name);
        if (value.isEmpty()) throw new Refused(400, name + " is missing");
        return value;
    }

    /** A text; empty where it is missing or null. */
    static String text(JsonNode members, String name) throws Refused {
        if (!members.hasNonNull(name)) return "";
        if (!members.get(name).isTextual()) throw new Refused(400, name + " is not a text");
        return members.get(name).textValue();
    }

    /** A whole number may be written as text, too: samples and tables differ in that. */
    static void checkNumber(JsonNode members, String name) throws Refused {
        var value = members.path(name);
        if (value.isMissingNode() || value.isNull() || value.canConvertToLong()) return;
        if (!value.isTextual() || !value.textValue().matches("-?[0-9]{1,18}")) throw new Refused(400, name + " is not a number");
    }

    /** The same JSON with the names of its objects in order, for their order means nothing. */
    static JsonNode sorted(JsonNode value, int depth) throws Refused {
        if (depth > 100) throw new Refused(400, "msg is nested too deep");
        if (value instanceof ArrayNode list) {
            var out = list.arrayNode();
            for (var item : list) out.add(sorted(item, depth + 1));
            return out;
        }
        if (!(value instanceof ObjectNode)) return value;
        var out = Receiver.JSON.createObjectNode();
        var names = new TreeSet<String>();
        value.fieldNames().forEachRemaining(names::add);
        for (var name : names) out.set(name, sorted(value.get(name), depth + 1));
        return out;
    }
}
