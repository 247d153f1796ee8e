package report

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/relaycheck/relaycheck/emitter"
)

// The types of this file are HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) as far as it is used. Members
// that begin with an underscore are ours, as the specification has it.

type harFile struct {
	Log harLog `json:"log"`
}

type harLog struct {
	Version string     `json:"version"`
	Creator harCreator `json:"creator"`
	Pages   []harPage  `json:"pages"`
	Entries []harEntry `json:"entries"`
	Comment string     `json:"comment,omitempty"`
}

type harCreator struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// harPage is a play: viewers group the exchanges by it.
type harPage struct {
	StartedDateTime string         `json:"startedDateTime"`
	ID              string         `json:"id"`
	Title           string         `json:"title"`
	PageTimings     harPageTimings `json:"pageTimings"`
}

type harPageTimings struct {
	OnContentLoad int `json:"onContentLoad"`
	OnLoad        int `json:"onLoad"`
}

type harEntry struct {
	Pageref         string      `json:"pageref"`
	StartedDateTime string      `json:"startedDateTime"`
	Time            float64     `json:"time"` // ms
	Request         harRequest  `json:"request"`
	Response        harResponse `json:"response"`
	Cache           struct{}    `json:"cache"`
	Timings         harTimings  `json:"timings"`
	Connection      string      `json:"connection,omitempty"`
	Comment         string      `json:"comment,omitempty"`
	Delivery        string      `json:"_delivery"`          // its id in the play: "TaskStart", a copy is "TaskStart~2"
	Attempt         int         `json:"_attempt"`           // from 1
	Attempts        int         `json:"_attempts"`          // that the retry policy allows
	Reason          string      `json:"_reason,omitempty"`  // why the attempt was made
	Held            bool        `json:"_held,omitempty"`    // delivered later than it happened
	Failure         string      `json:"_failure,omitempty"` // why there is no whole answer
}

type harRequest struct {
	Method      string         `json:"method"`
	URL         string         `json:"url"`
	HTTPVersion string         `json:"httpVersion"`
	Cookies     []struct{}     `json:"cookies"`
	Headers     []harNameValue `json:"headers"`
	QueryString []harNameValue `json:"queryString"`
	PostData    *harPostData   `json:"postData,omitempty"` // nil where nothing was posted
	HeadersSize int            `json:"headersSize"`
	BodySize    int            `json:"bodySize"`
}

type harNameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// harPostData has either a text or params, which a callback never has. HAR 1.2 knows no encoding of it; bytes that are no
// text are given in _encoding, as response contents have it.
type harPostData struct {
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"_encoding,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

type harResponse struct {
	Status      int            `json:"status"` // 0 where no answer came
	StatusText  string         `json:"statusText"`
	HTTPVersion string         `json:"httpVersion"`
	Cookies     []struct{}     `json:"cookies"`
	Headers     []harNameValue `json:"headers"`
	Content     harContent     `json:"content"`
	RedirectURL string         `json:"redirectURL"`
	HeadersSize int            `json:"headersSize"`
	BodySize    int            `json:"bodySize"`
	Error       string         `json:"_error,omitempty"`
}

type harContent struct {
	Size     int    `json:"size"`
	MimeType string `json:"mimeType"`
	Text     string `json:"text"`
	Encoding string `json:"encoding,omitempty"`
	Comment  string `json:"comment,omitempty"`
}

// harTimings are in ms; -1 is what does not apply.
type harTimings struct {
	Blocked float64 `json:"blocked"`
	DNS     float64 `json:"dns"`
	Connect float64 `json:"connect"`
	SSL     float64 `json:"ssl"`
	Send    float64 `json:"send"`
	Wait    float64 `json:"wait"`
	Receive float64 `json:"receive"`
}

// maxHARBody is how many bytes of a body go into the file. Callbacks have a few kB; what is above was padded by a
// scenario, and viewers that load the whole file choke on a hundred megabytes of brackets.
const maxHARBody = 256 << 10

// HAR writes every exchange of the run as HTTP Archive 1.2, for the network views of browsers, proxies and editors: one
// page per play, one entry per attempt, in the order of sending. Bodies above 256 KiB are cut, and say so. An
// attempt without an answer has status 0 and names the reason.
func HAR(w io.Writer, run Run) error {
	run = run.cleaned()
	file := harFile{Log: harLog{
		Version: "1.2",
		Creator: harCreator{Name: "relaycheck", Version: run.Version},
		Pages:   []harPage{}, Entries: []harEntry{},
		Comment: fmt.Sprintf("seed %d; secrets are taken out", run.Seed),
	}}
	for _, p := range inOrder(run.Plays) {
		page := harPage{
			StartedDateTime: harTime(p.Input.Transcript.Started),
			ID:              fmt.Sprintf("play-%d", p.Input.Plan.Play),
			Title:           p.ref().ID + ": " + p.ref().Title,
			PageTimings:     harPageTimings{OnContentLoad: -1, OnLoad: -1},
		}
		file.Log.Pages = append(file.Log.Pages, page)
		for _, d := range p.Input.Transcript.Deliveries {
			for _, a := range d.Attempts {
				file.Log.Entries = append(file.Log.Entries, harEntryOf(page.ID, p.Input.Transcript.Started, d, a, run.Target.URL))
			}
		}
	}
	slices.SortStableFunc(file.Log.Entries, func(a, b harEntry) int { return strings.Compare(a.StartedDateTime, b.StartedDateTime) })
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(file); err != nil {
		return fmt.Errorf("write the HTTP archive: %w", err)
	}
	return nil
}

// inOrder gives the plays by their number: they are logged in the order in which they ended.
func inOrder(plays []Play) []Play {
	out := slices.Clone(plays)
	slices.SortStableFunc(out, func(a, b Play) int { return a.Input.Plan.Play - b.Input.Plan.Play })
	return out
}

func harEntryOf(page string, started time.Time, d emitter.Delivery, a emitter.Attempt, target string) harEntry {
	e := harEntry{
		Pageref: page, StartedDateTime: harTime(started.Add(time.Duration(a.Queued).Truncate(time.Microsecond))),
		Request: harRequestOf(a.Request, target), Response: harResponseOf(a), Timings: harTimingsOf(a),
		Delivery: d.ID, Attempt: a.Number, Attempts: a.Of, Reason: a.Reason, Held: d.Held,
		Comment: strings.Join(append([]string{d.ID}, deliveryMarks(d, a)...), ", "),
	}
	if a.Conn > 0 {
		e.Connection = fmt.Sprint(a.Conn)
	}
	if a.Failure != nil {
		e.Failure = a.Failure.Kind + ": " + a.Failure.Message
	}
	for _, t := range []float64{e.Timings.Blocked, e.Timings.Connect, e.Timings.Send, e.Timings.Wait, e.Timings.Receive} {
		e.Time += max(t, 0)
	}
	e.Time = math.Round(e.Time*1000) / 1000 // microseconds, as its parts are
	return e
}

func harRequestOf(r emitter.Request, target string) harRequest {
	out := harRequest{
		Method: method(r), URL: address(r, target), HTTPVersion: "HTTP/1.1", Cookies: []struct{}{},
		Headers: harHeaders(r.Header), QueryString: []harNameValue{}, HeadersSize: -1, BodySize: len(r.Body),
	}
	if len(r.Body) > 0 {
		text, encoding, comment := harText(r.Body)
		out.PostData = &harPostData{MimeType: headerValue(r.Header, "Content-Type"), Text: text, Encoding: encoding, Comment: comment}
	}
	if u, err := url.Parse(out.URL); err == nil {
		query := u.Query()
		for _, name := range sortedKeys(query) {
			for _, v := range query[name] {
				out.QueryString = append(out.QueryString, harNameValue{name, v})
			}
		}
	}
	return out
}

func sortedKeys(q url.Values) []string {
	keys := make([]string, 0, len(q))
	for k := range q {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func harResponseOf(a emitter.Attempt) harResponse {
	out := harResponse{
		HTTPVersion: "HTTP/1.1", Cookies: []struct{}{}, Headers: []harNameValue{}, HeadersSize: -1, BodySize: -1,
		Content: harContent{MimeType: "x-unknown"},
	}
	if a.Failure != nil {
		out.Error = a.Failure.Message
	}
	if a.Answer == nil {
		return out
	}
	out.Status, out.Headers, out.BodySize = a.Answer.Status, harHeaders(a.Answer.Header), len(a.Answer.Body)
	if a.Answer.Proto != "" {
		out.HTTPVersion = a.Answer.Proto
	}
	out.RedirectURL = headerValue(a.Answer.Header, "Location")
	out.Content.Size = len(a.Answer.Body)
	if t := headerValue(a.Answer.Header, "Content-Type"); t != "" {
		out.Content.MimeType = t
	}
	out.Content.Text, out.Content.Encoding, out.Content.Comment = harText(a.Answer.Body)
	if a.Answer.Truncated {
		out.Content.Comment = "the body went on past what is read of an answer"
	}
	return out
}

// harText gives a body as text, in base64 where it is none.
func harText(body []byte) (text, encoding, comment string) {
	if len(body) > maxHARBody {
		comment = fmt.Sprintf("cut: %d bytes in all", len(body))
		body = body[:maxHARBody]
		for n := 0; n < utf8.UTFMax && len(body) > 0 && !utf8.Valid(body[len(body)-min(len(body), utf8.UTFMax):]); n++ {
			body = body[:len(body)-1] // not in the middle of a character
		}
	}
	if utf8.Valid(body) {
		return string(body), "", comment
	}
	return base64.StdEncoding.EncodeToString(body), "base64", comment
}

func harHeaders(hs []emitter.Header) []harNameValue {
	out := make([]harNameValue, 0, len(hs))
	for _, h := range hs {
		out = append(out, harNameValue{strings.ToValidUTF8(h.Name, "�"), strings.ToValidUTF8(h.Value, "�")})
	}
	return out
}

func headerValue(hs []emitter.Header, name string) string {
	for _, h := range hs {
		if strings.EqualFold(h.Name, name) {
			return h.Value
		}
	}
	return ""
}

// harTimingsOf splits an attempt at the moments that were taken. What did not come to pass takes no time.
func harTimingsOf(a emitter.Attempt) harTimings {
	// In whole microseconds, as the run log has them: the archive is the same to the byte when made from the log.
	span := func(from, to emitter.Offset) float64 {
		return max(float64(time.Duration(to).Microseconds()-time.Duration(from).Microseconds())/1000, 0)
	}
	t := harTimings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1}
	sent := a.Queued
	if a.Connected > 0 {
		if a.Reused {
			t.Blocked = span(a.Queued, a.Connected)
		} else {
			t.Connect = span(a.Queued, a.Connected)
		}
		sent = a.Connected
	}
	if a.Written > 0 {
		t.Send = span(sent, a.Written)
		sent = max(sent, a.Written)
	}
	if a.FirstByte == 0 {
		t.Wait = span(sent, a.Done)
		return t
	}
	t.Wait = span(sent, a.FirstByte)
	t.Receive = span(max(sent, a.FirstByte), a.Done)
	return t
}

// harTime is a moment as HAR has it, to the microsecond and in UTC, so that texts compare as times do.
func harTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00") }
