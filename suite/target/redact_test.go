package target_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/suite/target"
)

func TestRedactorHidesWhatIsSecretByItsPlace(t *testing.T) {
	t.Parallel()
	var r *target.Redactor // knows no secrets of a target
	tests := []struct{ name, in, want string }{
		{"in a stream's URL", "rtmp://h/live/s?txSecret=abc123&txTime=5", "rtmp://h/live/s?txSecret=***&txTime=5"},
		{"a signature in a query", "http://h/cb?t=1&sign=d41d8cd9", "http://h/cb?t=1&sign=***"},
		{"as JSON writes an ampersand", `"http://h/cb?t=1\u0026sign=d41d8cd9\u0026x=1"`, `"http://h/cb?t=1\u0026sign=***\u0026x=1"`},
		{"percent-encoded", "u=http%3A%2F%2Fh%2F%3Fsign%3Dd41d%26x%3D1", "u=http%3A%2F%2Fh%2F%3Fsign%3D***%26x%3D1"},
		{"as HTML writes an ampersand", "?t=1&amp;txSecret=aa&amp;x", "?t=1&amp;txSecret=***&amp;x"},
		{"a member of a callback", `{"sign":"d41d8cd9","t":5}`, `{"sign":"***","t":5}`},
		{"with blanks", `{"sign" : "d41d8cd9"}`, `{"sign" : "***"}`},
		{"of a callback in a text", `{"body":"{\"sign\":\"d41d8cd9\",\"t\":5}"}`, `{"body":"{\"sign\":\"***\",\"t\":5}"}`},
		{"an empty sign is no secret", `{"sign":""}`, `{"sign":""}`},
		{"another word is none", `design=abc signal=5 "signal":"x"`, `design=abc signal=5 "signal":"x"`},
		{"a password in a URL", "postgres://app:hunter2@db/x", "postgres://app:***@db/x"},
		{"a port is no password", "http://127.0.0.1:8080/a@b", "http://127.0.0.1:8080/a@b"},
		{"a header line", "Authorization: Bearer abc.def", "Authorization: Bearer ***"},
		{"another scheme", "authorization: whatever it is", "authorization: ***"},
		{"an option of curl", `curl -H 'Authorization: Basic YTpi' -d x`, `curl -H 'Authorization: Basic ***' -d x`},
		{"a name and a value", `{"name":"Authorization","value":"Bearer abc"}`, `{"name":"Authorization","value":"***"}`},
		{"a member of a report", `{"Authorization":"Bearer abc","x":1}`, `{"Authorization":"Bearer ***","x":1}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := r.String(tt.in)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if again := r.String(got); again != got {
				t.Errorf("twice: %s", again)
			}
			if b := r.Bytes([]byte(tt.in)); string(b) != tt.want {
				t.Errorf("bytes: %s", b)
			}
		})
	}
}

func TestRedactorKnowsTheTargetsSecrets(t *testing.T) {
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
	r := got.Redactor()
	for _, secret := range []string{
		"pass/word", "pass%2Fword", "urltoken", "callbackkey", "basicpass", "user:basicpass", "cookievalue", "observerkey",
		"pg pass", "mypass", "redispass", "commandpass", "hookpass",
	} {
		if out := r.String("x " + secret + " y"); out != "x *** y" {
			t.Errorf("%s: %s", secret, out)
		}
	}
	for _, plain := range []string{"plainvalue", "plainlevel", "127.0.0.1", "app", "user"} {
		if out := r.String("x " + plain + " y"); out != "x "+plain+" y" {
			t.Errorf("%s: %s", plain, out)
		}
	}
}

// Whatever the secret, no form in which a report can hold it gets through.
func TestASecretIsFoundInEveryEncoding(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		secret := rapid.StringMatching(`[a-zA-Z0-9"'\\/&<>%+= é:@-]{6,20}`).Draw(r, "secret")
		if strings.TrimSpace(secret) != secret {
			r.Skip()
		}
		red := target.NewRedactor(secret)
		once, err := json.Marshal(map[string]string{"v": "a " + secret + " b"})
		if err != nil {
			r.Fatal(err)
		}
		twice, err := json.Marshal(string(once))
		if err != nil {
			r.Fatal(err)
		}
		quoted := string(once[8 : len(once)-4])
		for _, text := range []string{"a " + secret + " b", string(once), string(twice), base64.StdEncoding.EncodeToString([]byte(secret))} {
			out := red.String(text)
			if strings.Contains(out, secret) || strings.Contains(out, quoted) || !strings.Contains(out, target.Mask) {
				r.Fatalf("%q in %s", secret, out)
			}
			if red.String(out) != out {
				r.Fatalf("twice differs: %s", red.String(out))
			}
		}
	})
}

func TestRedactorIsCheapWhereThereIsNothing(t *testing.T) {
	t.Parallel()
	in := []byte(strings.Repeat("nothing to see here. ", 1000))
	if out := target.NewRedactor("secret-key").Bytes(in); &out[0] != &in[0] {
		t.Error("the bytes were copied")
	}
}
