package emitter

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// maxIdlePlain is how many connections are kept for the next requests: more than plays run at once, so that
// a burst does not open and close one per request.
const maxIdlePlain = 512

// newTransport makes net/http's client side with everything off that it would do unasked: proxies, compression,
// HTTP/2. Redirects, cookies and retries belong to http.Client, which is not used.
func (s *Sender) newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            s.dialPlain(false),
		DialTLSContext:         s.dialPlain(true),
		DisableCompression:     true,
		MaxIdleConnsPerHost:    maxIdlePlain,
		IdleConnTimeout:        s.limits.Idle,
		MaxResponseHeaderBytes: int64(s.limits.Head),
		WriteBufferSize:        plainBody + 8<<10, // head and body leave in one write
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
}

// sendPlain sends through net/http. unsent is set if a kept connection turned out dead before a byte was written.
func (s *Sender) sendPlain(ctx context.Context, x *exchange) (a Attempt, unsent bool) {
	// Until there is a connection, dialling has its own limits; the time for the answer starts with it.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := &timeoutError{s.limits.Answer}
	timer := time.AfterFunc(s.limits.Dial+s.limits.Handshake+s.limits.Answer, func() { cancel(late) })
	defer timer.Stop()

	var on atomic.Pointer[plainConn]
	var before atomic.Int64
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) {
			timer.Reset(s.limits.Answer)
			if c, ok := info.Conn.(*plainConn); ok {
				before.Store(c.sent.Load())
				on.Store(c)
				x.on(c.number, info.Reused)
			}
		},
		WroteRequest: func(info httptrace.WroteRequestInfo) {
			if info.Err == nil {
				x.mark(&x.attempt.Written)
			}
		},
		GotFirstResponseByte: func() { x.mark(&x.attempt.FirstByte) },
	})

	resp, err := s.http.RoundTrip(x.req.forNetHTTP(traced)) //nolint:bodyclose // readPlain closes it
	var answer *Answer
	if err == nil {
		answer, err = s.readPlain(resp)
	}
	if c := on.Load(); c != nil {
		x.attempt.BytesSent = c.sent.Load() - before.Load()
	}
	if err == nil {
		return x.finish(answer, nil), false
	}
	a = x.finish(answer, classify(ctx, err))
	return a, a.Reused && a.BytesSent == 0 && ctx.Err() == nil
}

// forNetHTTP makes the request for net/http. It has no GetBody, without which net/http cannot send it twice.
func (r Request) forNetHTTP(ctx context.Context) *http.Request {
	u, _ := url.Parse(r.URL) // target has parsed it
	length := int64(len(r.Body))
	if r.Wire.Chunked {
		length = -1
	}
	header := http.Header{"User-Agent": nil} // none of its own
	for _, h := range r.Header {
		header[h.Name] = append(header[h.Name], h.Value)
	}
	req := &http.Request{
		Method:        r.method(),
		URL:           u,
		Host:          u.Host,
		Header:        header,
		ContentLength: length,
		Body:          http.NoBody,
	}
	if len(r.Body) > 0 {
		req.Body = io.NopCloser(bytes.NewReader(r.Body))
	}
	return req.WithContext(ctx)
}

// readPlain reads the answer, within the limit. What is beyond it stays unread and the connection is closed.
func (s *Sender) readPlain(resp *http.Response) (*Answer, error) {
	defer func() { _ = resp.Body.Close() }()
	answer := &Answer{Status: resp.StatusCode, Proto: resp.Proto, Header: sortedHeader(resp.Header)}
	if resp.StatusCode == http.StatusSwitchingProtocols { // what follows is not HTTP and has no end
		return answer, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(s.limits.Body)+1))
	answer.Body, answer.Truncated = clip(body, s.limits.Body)
	return answer, err
}

func clip(body []byte, limit int) ([]byte, bool) {
	if len(body) > limit {
		return body[:limit], true
	}
	return body, false
}

// sortedHeader is a map's order made certain: net/http has lost the receiver's.
func sortedHeader(h http.Header) []Header {
	var out []Header
	for name, values := range h {
		for _, v := range values {
			out = append(out, Header{name, v})
		}
	}
	slices.SortStableFunc(out, func(a, b Header) int { return strings.Compare(a.Name, b.Name) })
	return out
}
