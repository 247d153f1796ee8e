package observe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"

	"github.com/relaycheck/relaycheck/suite/observe/expression"
	"github.com/relaycheck/relaycheck/suite/target"
)

// redisSource sends one command per look, over a connection of its own: looks are seldom, and a server that was
// restarted in between is simply dialled again.
type redisSource struct {
	spec     *target.Redis
	address  string
	host     string
	secure   bool
	user     string
	password string
	db       int
}

func openRedis(spec *target.Redis) (*redisSource, error) {
	u, err := url.Parse(spec.URL)
	if err != nil {
		return nil, errors.New("the redis URL is none") // the error itself would quote the password
	}
	s := &redisSource{spec: spec, host: u.Hostname(), secure: u.Scheme == "rediss"}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	s.address = net.JoinHostPort(s.host, port)
	s.user = u.User.Username()
	s.password, _ = u.User.Password()
	if db := strings.Trim(u.Path, "/"); db != "" {
		if s.db, err = strconv.Atoi(db); err != nil {
			return nil, fmt.Errorf("the redis URL: %q is no number of a database", db)
		}
	}
	return s, nil
}

func (s *redisSource) close() error { return nil }

func (s *redisSource) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(target.DefaultTimeout)
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if s.secure {
		cfg := &tls.Config{MinVersion: tls.VersionTLS12}
		if s.spec.TLS != nil {
			cfg = s.spec.TLS.Clone()
		}
		if cfg.ServerName == "" {
			cfg.ServerName = s.host
		}
		secure := tls.Client(conn, cfg)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		conn = secure
	}
	return &respConn{Conn: conn}, nil
}

func (s *redisSource) look(ctx context.Context, id Identity) (view, error) {
	conn, err := redis.DialContext(ctx, "tcp", s.address,
		redis.DialContextFunc(s.dial), redis.DialUsername(s.user), redis.DialPassword(s.password), redis.DialDatabase(s.db))
	if err != nil {
		return view{}, fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }()
	// The deadline is the connection's own; the caller's going away ends it, too.
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()

	words := make([]string, len(s.spec.Command))
	args := make([]any, 0, len(words))
	for i, t := range s.spec.Command {
		words[i] = t.Fill(id.TaskID, id.StreamID, nil)
		if i > 0 {
			args = append(args, words[i])
		}
	}
	if err := onlyReads(conn, words[0]); err != nil {
		return view{}, err
	}
	reply, err := conn.Do(words[0], args...)
	if err != nil {
		return view{}, fmt.Errorf("%s: %w", words[0], err)
	}
	value := replyValue(reply, strings.EqualFold(words[0], "HGETALL"))
	shaped, err := expression.Shape(value)
	if err != nil {
		return view{}, err
	}
	return view{
		env: expression.Env{"reply": value},
		raw: clip([]byte(expression.Show(shaped, maxRaw))),
		number: func() (int, error) {
			switch x := value.(type) {
			case []any:
				return len(x), nil
			case map[string]any:
				return 0, fmt.Errorf("the reply is an object: say what to count with `count:`")
			}
			n, err := countOf(value)
			if err != nil {
				return 0, fmt.Errorf("the reply: %w; say what to count with `count:`", err)
			}
			return n, nil
		},
	}, nil
}

// onlyReads asks the server whether the command writes. A server that may not be asked is not.
func onlyReads(conn redis.Conn, name string) error {
	reply, err := redis.Values(conn.Do("COMMAND", "INFO", name))
	if err != nil || len(reply) != 1 {
		if conn.Err() != nil {
			return fmt.Errorf("connect: %w", conn.Err())
		}
		return nil // not allowed, or not known to an old server
	}
	info, err := redis.Values(reply[0], nil)
	if err != nil || len(info) < 3 {
		return nil //nolint:nilerr // an unknown command: its own error says more
	}
	flags, err := redis.Strings(info[2], nil)
	if err != nil {
		return nil //nolint:nilerr // as above
	}
	if slices.Contains(flags, "write") {
		return fmt.Errorf("%s writes, and an observer only looks: use a command that reads", strings.ToUpper(name))
	}
	return nil
}

// replyValue gives a reply the types of expressions: bulk strings are text, nil is absent. Pairs makes an object of
// a list of names and values; of an empty one, nothing: that is how Redis says that there is no such key.
func replyValue(reply any, pairs bool) any {
	switch x := reply.(type) {
	case []byte:
		return strings.ToValidUTF8(string(x), "\uFFFD")
	case int64:
		return int(x)
	case []any:
		if pairs {
			return object(x)
		}
		out := make([]any, len(x))
		for i := range x {
			out[i] = replyValue(x[i], false)
		}
		return out
	case redis.Error:
		return x.Error()
	}
	return reply
}

func object(list []any) any {
	if len(list) == 0 {
		return nil
	}
	out := map[string]any{}
	for i := 0; i+1 < len(list); i += 2 {
		name, _ := replyValue(list[i], false).(string)
		out[name] = replyValue(list[i+1], false)
	}
	return out
}
