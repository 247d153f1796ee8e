import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Executors;

/**
 * A small receiver of CSS relay callbacks (event_type 314) to start from: the JDK's HttpServer, Jackson, a journal.
 *
 * <pre>PORT=8080 JOURNAL=receiver.journal ./start.sh</pre>
 */
public final class Receiver {
    static final int RELAY = 314;
    static final int MAX_BODY = 1 << 20; // thirty long URLs are a few kilobytes
    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    static final String KEY = env("CSS_CALLBACK_KEY", "");

    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // an answer is not held back for a full packet
        System.setProperty("sun.net.httpserver.maxReqTime", "60"); // seconds; slow clients are let go in the end
        var journal = new Journal(Path.of(env("JOURNAL", "receiver.journal")));
        var address = new InetSocketAddress(env("HOST", "127.0.0.1"), Integer.parseInt(env("PORT", "8080")));
        var server = HttpServer.create(address, 512); // all tasks of an account may start at once
        server.setExecutor(Executors.newCachedThreadPool()); // a thread each: a slow client keeps nobody waiting
        server.createContext("/", exchange -> answer(exchange, journal));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
        server.start();
        System.out.println("ready on " + server.getAddress());
    }

    static void answer(HttpExchange exchange, Journal journal) throws IOException {
        Answer answer;
        try {
            answer = route(exchange, journal);
        } catch (Refused e) {
            answer = new Answer(e.status, JSON.createObjectNode().put("code", e.status).put("message", e.getMessage()));
        } catch (IOException | RuntimeException | StackOverflowError e) { // our fault: CSS shall send it again
            e.printStackTrace();
            answer = new Answer(500, JSON.createObjectNode().put("code", 500).put("message", "not stored"));
        }
        var body = JSON.writeValueAsBytes(answer.body);
        var head = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status, head ? -1 : body.length);
        try (exchange) {
            if (!head) exchange.getResponseBody().write(body);
        }
    }

    record Answer(int status, JsonNode body) {}

    static Answer route(HttpExchange exchange, Journal journal) throws IOException, Refused {
        var path = exchange.getRequestURI().getRawPath();
        var ok = JSON.createObjectNode().put("code", 0).put("message", "success"); // a courtesy: CSS reads the status alone
        if (path.equals("/healthz")) return new Answer(200, ok);
        if (path.startsWith("/tasks/")) {
            var task = journal.describe(URLDecoder.decode(path.substring("/tasks/".length()), StandardCharsets.UTF_8));
            if (task == null) throw new Refused(404, "no such task");
            return new Answer(200, task);
        }
        if (!path.equals("/callbacks/relay")) throw new Refused(404, "no such page");
        if (!exchange.getRequestMethod().equals("POST")) throw new Refused(405, "callbacks come by POST");
        var callback = Event.parse(body(exchange));
        if (callback.get("event_type").intValue() == RELAY) { // else a push, a recording …: it says nothing about relay tasks
            verify(callback);
            journal.add(Event.read(callback)); // on the disk before it is answered
        }
        return new Answer(200, ok);
    }

    static byte[] body(HttpExchange exchange) throws Refused {
        try (InputStream in = exchange.getRequestBody()) {
            var body = in.readNBytes(MAX_BODY + 1);
            if (body.length <= MAX_BODY) return body;
            in.skip(64L * MAX_BODY); // read and thrown away, so that the sender gets to read the answer
            throw new Refused(413, "the body is too long");
        } catch (IOException e) {
            throw new Refused(400, "the body broke off");
        }
    }

    /** Checks sign, if there is one and a key. No page says that relay callbacks are signed. */
    static void verify(JsonNode callback) throws Refused {
        var sign = callback.path("sign");
        if (KEY.isEmpty() || sign.isMissingNode() || sign.isNull() || sign.isTextual() && sign.textValue().isEmpty()) return;
        var t = callback.path("t").asText();
        if (!MessageDigest.isEqual(bytes(digest("MD5", KEY + t)), bytes(sign.asText().toLowerCase(Locale.ROOT)))) {
            throw new Refused(403, "sign is wrong");
        }
        if (!t.matches("[0-9]{1,18}") || System.currentTimeMillis() / 1000 > Long.parseLong(t)) {
            throw new Refused(403, "the signature has expired");
        }
    }

    static String digest(String algorithm, String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes(text)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has MD5 and SHA-256
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String env(String name, String otherwise) {
        var value = System.getenv(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
