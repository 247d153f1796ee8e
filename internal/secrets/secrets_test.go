package secrets_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/relaycheck/relaycheck/internal/secrets"
)

// compact is v as JSON without HTML escapes.
func compact(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

func TestRedactorTakesOutWhatIsSecretInAnyURL(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want string }{
		{"a signature", "rtmp://h/live/s?txSecret=abc123&txTime=1", "rtmp://h/live/s?txSecret=[redacted]&txTime=1"},
		{"in another case", "http://h/?TXSECRET=abc&SIGN=def", "http://h/?TXSECRET=[redacted]&SIGN=[redacted]"},
		{"percent-encoded", "http://h/?u=rtmp%3A%2F%2Fh%3FtxSecret%3Dabc%26x", "http://h/?u=rtmp%3A%2F%2Fh%3FtxSecret%3D[redacted]%26x"},
		{"percent signs in the value", "http://h/?sign=a%2Fb%3D%3D&x", "http://h/?sign=[redacted]&x"},
		{"encoded twice", "http://h/?u=x%3Fsign%3Da%252Fb%26y", "http://h/?u=x%3Fsign%3D[redacted]%26y"},
		{"two of them", "txSecret=a&sign=b txSecret=c", "txSecret=[redacted]&sign=[redacted] txSecret=[redacted]"},
		{"without a value", "http://h/?sign=&x=1", "http://h/?sign=&x=1"},
		{"within JSON", `"http://h/?a=1&sign=abc"}`, `"http://h/?a=1&sign=[redacted]"}`},
		{"within JSON that escapes &", `"http://h/?a=1\u0026sign=abc\u0026b=2"}`, `"http://h/?a=1\u0026sign=[redacted]\u0026b=2"}`},
		{"a password", "postgres://user:hunter2@db/x", "postgres://user:[redacted]@db/x"},
		{"a host with a port is no password", "http://127.0.0.1:8080/a@b", "http://127.0.0.1:8080/a@b"},
		{"an authorization line", "Authorization: Bearer abc\nHost: h", "Authorization: [redacted]\nHost: h"},
		{"an authorization of curl", `curl -H 'Authorization: Basic YTpi' -d x`, `curl -H 'Authorization: [redacted]' -d x`},
		{"an authorization in JSON", `{"Authorization":"Bearer abc","x":1}`, `{"Authorization":"[redacted]","x":1}`},
		{"an authorization in a JSON text", `{"log":"{\"authorization\": \"Bearer abc\",\"x\":1}"}`, `{"log":"{\"authorization\": \"[redacted]\",\"x\":1}"}`},
		{"an authorization with its name beside it", `{"name":"Authorization","value":"Bearer abc"}`, `{"name":"Authorization","value":"[redacted]"}`},
		{"an authorization that there is not", `{"authorization":null,"x":1}`, `{"authorization":null,"x":1}`},
		{"a design is no sign", "http://h/?design=abc", "http://h/?design=abc"},
		{"nothing", "TaskExit -22", "TaskExit -22"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			redact := secrets.Redactor()
			if got := string(redact([]byte(tc.in))); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if again := string(redact(redact([]byte(tc.in)))); again != tc.want {
				t.Errorf("done twice it gives %s", again)
			}
		})
	}
}

func TestRedactorTakesOutAShortSecretOnlyAsAWord(t *testing.T) {
	t.Parallel()
	redact := secrets.Redactor("abc", "")
	if got := string(redact([]byte("abc abc,abc xabc abcd \"abc\" abc"))); got != `[redacted] [redacted],[redacted] xabc abcd "[redacted]" [redacted]` {
		t.Errorf("got %s", got)
	}
}

// TestASecretThatIsNoTextIsTakenOut has secrets that are no UTF-8 once their percent codes are undone.
func TestASecretThatIsNoTextIsTakenOut(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"%A0     ", "%ff", "\xff\xfe"} {
		for _, spelling := range []string{secret, strings.ReplaceAll(strings.ReplaceAll(secret, "%A0", "\xa0"), "%ff", "\xff")} {
			if got := string(secrets.Redactor(secret)([]byte("a " + spelling + " z"))); strings.Contains(got, spelling) {
				t.Errorf("%q is still in %q", secret, got)
			}
		}
	}
}

func TestRedactorFindsASecretInEverySpelling(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// Without letters that the replacement itself has.
		secret := rapid.StringMatching(`[A-Z0-9"\\/&<>+%= 直]{8,24}`).Draw(t, "secret")
		inner, _ := json.Marshal(secret)
		plainInner, _ := compact(secret)
		outer, _ := compact(plainInner)
		for _, spelling := range []string{
			secret, plainInner, outer, url.QueryEscape(secret), url.PathEscape(secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), string(inner),
		} {
			got := string(secrets.Redactor(secret)([]byte("x" + spelling + "x")))
			if strings.Contains(got, secret) || !strings.Contains(got, secrets.Mask) {
				t.Fatalf("%q is still in %q", secret, got)
			}
		}
	})
}
