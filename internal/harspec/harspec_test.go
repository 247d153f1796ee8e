package harspec

import (
	"strings"
	"testing"
)

// The smallest entry that the rules allow.
const right = `{"log": {"version": "1.2", "creator": {"name": "n", "version": "1"},
"pages": [{"startedDateTime": "2009-04-16T12:07:25.123+01:00", "id": "p", "title": "", "pageTimings": {}}],
"entries": [{"pageref": "p", "startedDateTime": "2009-04-16T12:07:25Z", "time": 6.5,
"request": {"method": "POST", "url": "http://h/p", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "queryString": [],
"postData": {"mimeType": "m", "text": "{}"}, "headersSize": -1, "bodySize": 2},
"response": {"status": 200, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "redirectURL": "", "headersSize": -1, "bodySize": 2,
"content": {"size": 2, "mimeType": "m", "text": "ok"}},
"cache": {}, "timings": {"blocked": -1, "connect": 3, "ssl": 1, "send": 0.5, "wait": 2, "receive": 1}, "_own": 1}]}}`

func TestTheRulesOfAnArchiveAreSeenBroken(t *testing.T) {
	t.Parallel()
	if err := Check([]byte(right)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"no version":                    {`"version": "1.2", `, ``, "version"},
		"another version":               {`"1.2"`, `"1.3"`, "1.2"},
		"no creator":                    {`"creator": {"name": "n", "version": "1"},`, ``, "creator"},
		"a time without a zone":         {`25Z"`, `25"`, "date-time"},
		"a time in words":               {`"2009-04-16T12:07:25Z"`, `"Thu, 16 Apr 2009"`, "date-time"},
		"a member that nobody knows":    {`"_own"`, `"own"`, "own"},
		"no timing of waiting":          {`"wait": 2, `, ``, "wait"},
		"a negative timing":             {`"send": 0.5`, `"send": -1`, "timings/send"},
		"a sum that is none":            {`6.5`, `7.5`, "the time is 7.5 ms"},
		"ssl beside connect":            {`"ssl": 1`, `"ssl": 4`, "ssl takes"},
		"text and params":               {`"text": "{}"`, `"text": "{}", "params": []`, "postData"},
		"neither text nor params":       {`, "text": "{}"`, ``, "postData"},
		"posted data that is null":      {`{"mimeType": "m", "text": "{}"}`, `null`, "postData"},
		"a page that there is not":      {`"pageref": "p"`, `"pageref": "q"`, `page "q"`},
		"a header without a value":      {`"headers": [], "queryString"`, `"headers": [{"name": "n"}], "queryString"`, "value"},
		"cookies that are null":         {`"cookies": [], "headers": [], "queryString"`, `"cookies": null, "headers": [], "queryString"`, "cookies"},
		"an address with a fragment":    {`http://h/p`, `http://h/p#f`, "url"},
		"an address that is relative":   {`http://h/p`, `/p`, "url"},
		"no redirection":                {`"redirectURL": "", `, ``, "redirectURL"},
		"a status in words":             {`"status": 200`, `"status": "OK"`, "status"},
		"no MIME type":                  {`"size": 2, "mimeType": "m"`, `"size": 2`, "mimeType"},
		"more content than there is":    {`"size": 2`, `"size": 1`, "more than its size"},
		"less content, and no word":     {`"size": 2`, `"size": 3`, "nothing says why"},
		"content that is not as it was": {`"bodySize": 2,` + "\n" + `"content"`, `"bodySize": 3,` + "\n" + `"content"`, "without compression"},
		"content that is no base64":     {`"text": "ok"`, `"text": "o", "encoding": "base64"`, "cannot be decoded"},
		"bytes that are no UTF-8":       {`"ok"`, "\"\xff\xff\"", "UTF-8"},
	} {
		broken := strings.Replace(right, c.old, c.new, 1)
		if broken == right {
			t.Errorf("%s: nothing was changed", name)
		}
		if err := Check([]byte(broken)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
