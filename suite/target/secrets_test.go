package target_test

import (
	"encoding/base64"
	"testing"

	"github.com/relaycheck/relaycheck/internal/secrets"
	"github.com/relaycheck/relaycheck/suite/target"
)

// hidden is a text without the secrets of a target.
func hidden(t *target.Target, text string) string {
	return string(secrets.Redactor(t.Secrets()...)([]byte(text)))
}

func TestTheTargetKnowsItsSecrets(t *testing.T) {
	t.Parallel()
	got, err := target.Parse("f.yaml", []byte(`
url: https://app:pass%2Fword@127.0.0.1:1/cb?token=urltoken
signing: {key: callbackkey}
headers: {Authorization: "Basic `+base64.StdEncoding.EncodeToString([]byte("user:basicpass"))+`", Cookie: "sid=cookievalue", X-Plain: plainvalue}
observe:
  task:
    http: {url: "http://h/{{task_id}}", headers: {X-Api-Key: observerkey}}
  effects:
    a: {sql: {driver: postgres, dsn: "host=db user=app password='pg pass'", query: select count(*) from t where i = $1}}
    b: {sql: {driver: mysql, dsn: "app:mypass@tcp(db:3306)/x", query: select count(*) from t where i = ?}}
    c: {redis: {url: "redis://:redispass@h/0", command: [GET, "{{task_id}}"]}}
    d: {command: {argv: [a], env: {DB_PASSWORD: commandpass, LEVEL: plainlevel}}}
hooks: {reset: {http: "http://x:hookpass@h/reset"}}
`), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{
		"pass/word", "pass%2Fword", "urltoken", "callbackkey", "basicpass", "user:basicpass", "cookievalue", "observerkey",
		"pg pass", "mypass", "redispass", "commandpass", "hookpass",
	} {
		if out := hidden(got, "x "+secret+" y"); out != "x [redacted] y" {
			t.Errorf("%s: %s", secret, out)
		}
	}
	for _, plain := range []string{"plainvalue", "plainlevel", "127.0.0.1", "app", "user"} {
		if out := hidden(got, "x "+plain+" y"); out != "x "+plain+" y" {
			t.Errorf("%s: %s", plain, out)
		}
	}
}
