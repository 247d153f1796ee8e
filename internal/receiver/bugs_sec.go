package receiver

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"html"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// secBugs are mistakes about signatures, hostile strings, told URLs and slow senders.
func secBugs() []Bug {
	return slices.Concat(secSignBugs(), secTextBugs(), secFetchBugs(), secSlowBugs())
}

func secSignBugs() []Bug {
	signed := func(outer members) (sign, t string, ok bool) {
		s, err := readText("sign", outer["sign"])
		if err != nil || s == nil || *s == "" {
			return "", "", false
		}
		t, err = readIdentifier("t", outer["t"])
		return *s, t, err == nil
	}
	// Each of these has its say only where there is a key and a sign, as the reference does.
	comparing := func(right func(key, t, sign string) bool) func(r *Receiver) {
		return func(r *Receiver) {
			verify := r.verify
			r.verify = func(outer members) error {
				sign, t, ok := signed(outer)
				if r.cfg.Key != "" && ok && !right(r.cfg.Key, t, sign) {
					return refuse(http.StatusForbidden, "sign is wrong")
				}
				return verify(outer)
			}
		}
	}
	valid := []SideEffect{also("ENV-2", "a signed callback is refused")}
	asIf := func(clock func(now time.Time) time.Time) func(r *Receiver) {
		return func(r *Receiver) {
			r.verify = func(outer members) error { return r.verifySign(outer, clock(r.cfg.Now())) }
		}
	}
	return []Bug{{
		ID:          "sign-t-before-key",
		Title:       "Computes the MD5 of t followed by the key.",
		Requirement: "SEC-1",
		HintWords:   []string{"MD5 of key followed by t"},
		SideEffects: valid,
		seed:        comparing(func(key, t, sign string) bool { return digest(t+key) == sign }),
	}, {
		ID:          "sign-upper-case-only",
		Title:       "Compares sign with a digest in upper case.",
		Requirement: "SEC-1",
		HintWords:   []string{"lower-case hex"},
		SideEffects: valid,
		seed:        comparing(func(key, t, sign string) bool { return strings.ToUpper(digest(key+t)) == sign }),
	}, {
		ID:          "sign-in-header",
		Title:       "Looks for the signature in a header X-Signature, which CSS does not send.",
		Requirement: "SEC-1",
		HintWords:   []string{"X-Signature"},
		SideEffects: valid,
		seed:        comparing(func(string, string, string) bool { return false }),
	}, {
		ID:          "t-is-send-time",
		Title:       "Takes t for the time of sending and refuses what is more than a minute away from it.",
		Requirement: "SEC-1",
		HintWords:   []string{"not when it was made"},
		SideEffects: valid,
		seed: func(r *Receiver) {
			comparing(func(_, t, _ string) bool {
				sent, ok := wholeNumber(t)
				return ok && r.cfg.Now().Sub(time.Unix(sent, 0)).Abs() < time.Minute
			})(r)
		},
	}, {
		ID:          "sign-not-verified",
		Title:       "Never looks at sign.",
		Requirement: "SEC-2",
		HintWords:   []string{"Verify sign whenever it is present"},
		SideEffects: []SideEffect{also("SEC-3", "nor at t")},
		seed: func(r *Receiver) {
			r.verify = func(members) error { return nil }
		},
	}, {
		ID:          "sign-verified-too-late",
		Title:       "Stores the callback first and verifies it before it answers.",
		Requirement: "SEC-2",
		HintWords:   []string{"before anything is stored"},
		SideEffects: []SideEffect{also("SEC-3", "what has expired is stored too")},
		seed: func(r *Receiver) {
			verify := r.verify
			r.verify = func(outer members) error {
				refused := verify(outer)
				if refused != nil {
					if e, err := r.event(outer); err == nil {
						return cmp.Or(r.keep(context.Background(), e), refused)
					}
				}
				return refused
			}
		},
	}, {
		ID:          "expiry-ignored",
		Title:       "Verifies sign and never looks whether t has passed.",
		Requirement: "SEC-3",
		HintWords:   []string{"Check the expiry"},
		seed:        asIf(func(time.Time) time.Time { return time.Time{} }),
	}, {
		ID:          "expiry-a-day-late",
		Title:       "Adds a validity of its own to t, as if t were the time of sending.",
		Requirement: "SEC-3",
		HintWords:   []string{"not the send time"},
		seed:        asIf(func(now time.Time) time.Time { return now.Add(-24 * time.Hour) }),
	}, {
		ID:          "unsigned-refused",
		Title:       "Refuses what is not signed once it has a key, although relay callbacks are not.",
		Requirement: "SEC-4",
		HintWords:   []string{"Verify sign only if it is present"},
		SideEffects: []SideEffect{also(Everything, "every unsigned callback is refused, where there is a key")},
		seed: func(r *Receiver) {
			r.cfg.Required = r.cfg.Key != ""
		},
	}}
}

func secTextBugs() []Bug {
	message := func(change func(s string) string) func(r *Receiver) {
		return changing(func(e *event) {
			if e.Detail.Message != nil {
				s := change(*e.Detail.Message)
				e.Detail.Message = &s
			}
		})
	}
	placeholder := regexp.MustCompile(`\{\{.*?\}\}|[$#]\{.*?\}|<%.*?%>`)
	return []Bug{{
		ID:          "sql-by-concatenation",
		Title:       "Puts the message between two quotes of an SQL statement.",
		Requirement: "SEC-5",
		HintWords:   []string{"SQL injection by concatenation"},
		SideEffects: []SideEffect{also("BAD-14", "a NUL ends the statement")},
		seed: func(r *Receiver) {
			// A database of its own: what is injected shall not reach the events.
			db, err := sql.Open("sqlite", "file::memory:")
			if err == nil {
				r.closers = append(r.closers, db.Close)
			}
			keep := r.keep
			r.keep = func(ctx context.Context, e event) error {
				if err == nil && e.Detail.Message != nil {
					var stored string
					if err := db.QueryRowContext(ctx, "select '"+*e.Detail.Message+"'").Scan(&stored); err != nil {
						return fmt.Errorf("store message: %w", err)
					}
					e.Detail.Message = &stored
				}
				return keep(ctx, e)
			}
		},
	}, {
		ID:          "quotes-doubled",
		Title:       "Doubles the quotes for SQL by hand and binds the value besides.",
		Requirement: "SEC-5",
		HintWords:   []string{"store strings verbatim"},
		seed:        message(func(s string) string { return strings.ReplaceAll(s, "'", "''") }),
	}, {
		ID:          "message-html-escaped",
		Title:       "Escapes the message for HTML before it stores it.",
		Requirement: "SEC-5",
		HintWords:   []string{"escape", "only on output"},
		seed:        message(html.EscapeString),
	}, {
		ID:          "message-tags-stripped",
		Title:       "Strips what looks like a tag from the message.",
		Requirement: "SEC-5",
		HintWords:   []string{"store strings verbatim"},
		seed:        message(func(s string) string { return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(s, "") }),
	}, {
		ID:          "message-line-breaks-stripped",
		Title:       "Takes the line breaks out of the message so that it fits a line of the log.",
		Requirement: "SEC-5",
		HintWords:   []string{"CR LF"},
		seed:        message(func(s string) string { return strings.NewReplacer("\r", "", "\n", " ").Replace(s) }),
	}, {
		ID:          "message-is-a-format",
		Title:       "Hands the message to printf as the format.",
		Requirement: "SEC-5",
		HintWords:   []string{"store strings verbatim"},
		seed:        message(func(s string) string { return fmt.Sprintf(s, []any{}...) }),
	}, {
		ID:          "message-is-a-template",
		Title:       "Runs the message through a template engine, which leaves out the names it does not know.",
		Requirement: "SEC-5",
		HintWords:   []string{"template evaluation"},
		seed:        message(func(s string) string { return placeholder.ReplaceAllString(s, "") }),
	}}
}

func secFetchBugs() []Bug {
	return []Bug{{
		ID:          "probes-sources",
		Title:       "Probes whether the source can be reached when a task starts.",
		Requirement: "SEC-6",
		HintWords:   []string{"source_urls", "SSRF"},
		seed: fetching(func(e event, _ members) []string {
			if e.Name != taskStart {
				return nil
			}
			return e.Sources
		}),
	}, {
		ID:          "previews-files",
		Title:       "Makes a preview of each file that begins.",
		Requirement: "SEC-6",
		HintWords:   []string{"msg.url"},
		seed: fetching(func(e event, _ members) []string {
			if e.Detail.URL == nil {
				return nil
			}
			return []string{*e.Detail.URL}
		}),
	}, {
		ID:          "confirms-to-callback-url",
		Title:       "Confirms each callback to the callback_url that it names.",
		Requirement: "SEC-6",
		HintWords:   []string{"callback_url"},
		seed: fetching(func(_ event, outer members) []string {
			u, err := readText("callback_url", outer["callback_url"])
			if err != nil || u == nil {
				return nil
			}
			return []string{*u}
		}),
	}}
}

// fetching asks for URLs that a callback names, after it was read. It reaches this machine and no other: a seeded
// bug shall be seen by the suite, not by whoever owns an address in a scenario.
func fetching(urls func(e event, outer members) []string) func(r *Receiver) {
	return func(r *Receiver) {
		const limit = 2 * time.Second // for one URL
		client := &http.Client{Timeout: limit, Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				host, _, err := net.SplitHostPort(address)
				if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
					return nil, fmt.Errorf("%s is not an address of this machine", address)
				}
				return (&net.Dialer{}).DialContext(ctx, network, address)
			},
		}}
		worker := newBackground(r)
		read := r.event
		r.event = func(outer members) (event, error) {
			e, err := read(outer)
			if err != nil {
				return e, err
			}
			for _, u := range urls(e, outer) {
				worker.do(func(ctx context.Context) {
					req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
					if err != nil {
						return
					}
					if res, err := client.Do(req); err == nil {
						_ = res.Body.Close()
					}
				})
			}
			return e, nil
		}
	}
}

func secSlowBugs() []Bug {
	behind := []SideEffect{also(Everything, "all who come meanwhile wait for the slow one")}
	return []Bug{{
		ID:          "reads-under-lock",
		Title:       "Holds the lock of the store while it reads the body.",
		Requirement: "SEC-7",
		HintWords:   []string{"outside of any lock"},
		SideEffects: behind,
		seed: func(r *Receiver) {
			lock := make(chan struct{}, 1)
			read := r.read
			r.read = func(w http.ResponseWriter, req *http.Request) ([]byte, error) {
				lock <- struct{}{}
				defer func() { <-lock }()
				return read(w, req)
			}
		},
	}, {
		ID:          "one-request-at-a-time",
		Title:       "Runs on a server that serves one request after the other.",
		Requirement: "SEC-7",
		HintWords:   []string{"single-threaded server"},
		SideEffects: behind,
		seed: func(r *Receiver) {
			server := make(chan struct{}, 1)
			receive := r.receive
			r.receive = func(w http.ResponseWriter, req *http.Request) {
				server <- struct{}{}
				defer func() { <-server }()
				receive(w, req)
			}
		},
	}}
}
