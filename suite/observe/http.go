package observe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/relaycheck/relaycheck/suite/judge"
	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

// Bounds on what an endpoint may answer. A task with thousands of events fits; a log file does not.
const (
	maxBody    = 4 << 20   // bytes
	maxHeaders = 256 << 10 // bytes
)

// httpSource asks an HTTP endpoint.
type httpSource struct {
	spec   *target.HTTP
	client *http.Client
}

func openHTTP(spec *target.HTTP) *httpSource {
	return &httpSource{spec: spec, client: &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil, // what is looked at is named in the target file, not in the environment
			DialContext:            (&net.Dialer{KeepAlive: 15 * time.Second}).DialContext,
			TLSClientConfig:        spec.TLS.Clone(),
			DisableCompression:     true, // the limits count what is decoded
			MaxResponseHeaderBytes: maxHeaders,
			MaxIdleConnsPerHost:    slotsOf[target.KindHTTP],
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (s *httpSource) close() error {
	s.client.CloseIdleConnections()
	return nil
}

func (s *httpSource) look(ctx context.Context, id Identity) (view, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.spec.URL.FillURL(id.TaskID, id.StreamID), nil)
	if err != nil {
		return view{}, fmt.Errorf("make the request: %w", err)
	}
	req.Header.Set("Accept", "application/json, */*;q=0.1")
	req.Header.Set("User-Agent", "relaycheck-observer")
	for _, h := range s.spec.Headers {
		v := h.Value.Fill(id.TaskID, id.StreamID, oneLine)
		if strings.EqualFold(h.Name, "Host") {
			req.Host = v
			continue
		}
		req.Header.Set(h.Name, v)
	}
	where := "GET " + req.URL.Redacted()
	resp, err := s.client.Do(req)
	if err != nil {
		return view{}, fmt.Errorf("%s: %w", where, unwrapURL(err))
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	raw := clip([]byte(resp.Proto + " " + resp.Status + "\n" + resp.Header.Get("Content-Type") + "\n\n" + string(body)))
	if err != nil {
		return view{raw: raw}, fmt.Errorf("%s: read the answer: %w", where, err)
	}
	if len(body) > maxBody {
		return view{raw: raw}, fmt.Errorf("%s: the answer is longer than %d MiB", where, maxBody>>20)
	}
	if why := cannotTell(resp.StatusCode); why != "" {
		return view{raw: raw}, fmt.Errorf("%s: answered %s, %s", where, resp.Status, why)
	}
	return s.view(where, resp, body, raw), nil
}

// cannotTell says why an answer with this status tells nothing about the task, "" if it does. That a server is
// in trouble, or wants to know who asks, must not be taken for "there is no such task".
func cannotTell(status int) string {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusProxyAuthRequired:
		return "so it wants to know who asks: give it `headers: {Authorization: …}`"
	case status == http.StatusTooManyRequests:
		return "so it is asked too often"
	case status >= 500:
		return "so it could not tell"
	}
	return ""
}

func (s *httpSource) view(where string, resp *http.Response, body, raw []byte) view {
	headers := expression.Headers{}
	for name, values := range resp.Header {
		headers[name] = strings.Join(values, ", ")
	}
	decoded, isJSON := expression.Decode(body)
	return view{
		raw: raw,
		env: expression.Env{
			"status": resp.StatusCode, "headers": headers, "body": decoded, "text": strings.ToValidUTF8(string(body), "\uFFFD"),
		},
		number: func() (int, error) {
			if isGone(resp.StatusCode) {
				return 0, nil
			}
			if resp.StatusCode/100 != 2 || !isJSON {
				return 0, fmt.Errorf("%s: answered %s, and the body is no number: say what to count with `count:`", where, resp.Status)
			}
			n, err := countOf(decoded)
			if err != nil {
				return 0, fmt.Errorf("%s: the body: %w; say what to count with `count:`", where, err)
			}
			return n, nil
		},
		standard: func() (judge.Facts, error) {
			facts, err := standardFacts(resp, decoded, isJSON)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", where, err)
			}
			return facts, nil
		},
	}
}

// isGone reports whether a status says that there is no such thing.
func isGone(status int) bool {
	return status == http.StatusNotFound || status == http.StatusGone || status == http.StatusNoContent
}

// unwrapURL takes the method and the URL out of a client's error: they are told already, with the password hidden.
func unwrapURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// oneLine keeps an id from ending a header line.
func oneLine(s string) string {
	return strings.NewReplacer("\r", "%0D", "\n", "%0A", "\x00", "%00").Replace(s)
}
