package receivers

import (
	"os/exec"
	"strings"
	"testing"
)

var phpSQLite = example{
	name:    "php-sqlite",
	needs:   []string{"php"},
	storage: inSQLiteOfPHP,
	bugs: []bug{
		{
			name: "answers before it stores", file: "index.php",
			old: "        Store::open()->take(read_event($callback)); // committed before it is answered",
			new: "        $event = read_event($callback);\n        header('Content-Length: 11');\n        echo '{\"code\":0}', \"\\n\";\n" +
				"        while (ob_get_level()) {\n            ob_end_flush();\n        }\n        flush();\n        sleep(1);\n        Store::open()->take($event);\n        exit;",
			requirement: "DUR-2",
		},
		{
			name: "has no unique key", file: "schema.sql",
			old:         "    identity    text primary key,",
			new:         "    identity    text, id integer primary key default (random()),",
			requirement: "DUP-1",
		},
		{
			name: "cuts brackets off", file: "callback.php",
			old:         "json(text($callback, 'source_urls') ?? '', 'source_urls')",
			new:         `explode('","', trim(text($callback, 'source_urls') ?? '', '[]"'))`,
			requirement: "MSG-2",
		},
		{
			name: "pastes texts into SQL", file: "store.php",
			old:         "'stopped: ' || ifnull(:message, ''))\"",
			new:         "'stopped: {$event['message']}')\"",
			requirement: "SEC-5",
		},
		{
			name: "does not look whether there is an event_type", file: "callback.php",
			old:         "    if (!is_int($callback->event_type ?? null)) {",
			new:         "    if (false) {",
			requirement: "BAD-7",
		},
		{
			name: "takes an exit for the end for good", file: "store.php",
			old:         "            and not (:at > 0 and turned_at > :at)'",
			new:         "            and not (started_at is not null and exited_at is not null) and not (:at > 0 and turned_at > :at)'",
			requirement: "SEQ-7",
		},
	},
}

// inSQLiteOfPHP also sees whether PHP can open SQLite, which Debian packs apart.
func inSQLiteOfPHP(t *testing.T) func(*testing.T) environment {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "php", "-m").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "pdo_sqlite") {
		skip(t, "PHP has no pdo_sqlite (php-sqlite3)")
	}
	return inFile("DATABASE", "receiver.db")(t)
}
