package receivers

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"
)

var javaJournal = example{
	name:    "java",
	needs:   []string{"java", "javac"},
	storage: inJournalOfJava,
	prepare: forgetClasses,
	bugs: []bug{
		{
			name: "answers before it stores", file: "Receiver.java",
			old: "            journal.add(Event.read(callback)); // on the disk before it is answered",
			new: "            var event = Event.read(callback);\n" +
				"            java.util.concurrent.CompletableFuture.delayedExecutor(1, java.util.concurrent.TimeUnit.SECONDS).execute(() -> {\n" +
				"                try { journal.add(event); } catch (Exception e) { e.printStackTrace(); }\n            });",
			requirement: "DUR-2",
		},
		{
			name: "does not read its journal at the start", file: "Journal.java",
			old:         "            remember(Receiver.JSON.readValue(text, start, i - start, Event.class));\n",
			new:         "",
			requirement: "DUR-1",
		},
		{
			name: "looks first whether it has a callback, and then stores it", file: "Journal.java",
			old:         "        synchronized (this) {\n            if (seen.contains(event.id())) return;\n",
			new:         "        if (seen.contains(event.id())) return;\n        synchronized (this) {\n",
			requirement: "DUP-2",
		},
		{
			name: "has one thread for all", file: "Receiver.java",
			old:         "Executors.newCachedThreadPool()",
			new:         "Executors.newSingleThreadExecutor()",
			requirement: "SEC-7",
		},
		{
			name: "goes by the order of arrival", file: "Task.java",
			old:         "        return at <= 0 || known <= 0 || at >= known;",
			new:         "        return true;",
			requirement: "ORD-4",
		},
		{
			name: "takes text for Latin-1", file: "Receiver.java",
			old:         "        return text.getBytes(StandardCharsets.UTF_8);",
			new:         "        return text.getBytes(StandardCharsets.ISO_8859_1);",
			requirement: "MSG-8",
		},
	},
}

// inJournalOfJava also sees whether Jackson is there.
func inJournalOfJava(t *testing.T) func(*testing.T) environment {
	t.Helper()
	folder := cmp.Or(os.Getenv("JACKSON"), "/usr/share/java")
	for _, jar := range []string{"jackson-core.jar", "jackson-annotations.jar", "jackson-databind.jar"} {
		if _, err := os.Stat(filepath.Join(folder, jar)); err != nil {
			skip(t, jar+" is not in "+folder+" (libjackson2-databind-java; JACKSON names another folder)")
		}
	}
	return inFile("JOURNAL", "receiver.journal")(t)
}

// forgetClasses deletes what was compiled from the sources in the folder: a copy has the time of copying, not its own.
func forgetClasses(t *testing.T, copied string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(copied, "classes")); err != nil {
		t.Fatal(err)
	}
}
