package target

// A language is what differs from language to language in a start: how the receiver is started, and what a CI job needs
// before. The commands are the usual ones; nobody can know the name of a file.
type language struct {
	start string // the command, as a YAML list; "" is not started
	note  string // a comment beside it
	setup string // steps of a GitHub workflow
}

var languages = map[string]language{
	"go": {
		start: `[go, run, .]`,
		note:  "a built program is quicker: [./receiver]",
	},
	"node": {
		start: `[node, server.js]`,
		note:  "let it listen on process.env.PORT",
		setup: `
      - uses: actions/setup-node@v4
        with: {node-version: "22"}
      - run: npm ci`,
	},
	"python": {
		start: `[python3, app.py]`,
		note:  `let it listen on os.environ["PORT"]; an ASGI app: [uvicorn, "app:app", --port, "${PORT}"]`,
		setup: `
      - uses: actions/setup-python@v5
        with: {python-version: "3.13"}
      - run: pip install -r requirements.txt`,
	},
	"php": {
		start: `[php, -S, "127.0.0.1:${PORT}", index.php]`,
		note:  "PHP's own server takes one request at a time; PHP_CLI_SERVER_WORKERS in env gives it more workers",
		setup: `
      - uses: shivammathur/setup-php@v2
        with: {php-version: "8.4"}
      - run: composer install --no-interaction --prefer-dist`,
	},
	"java": {
		start: `[java, -jar, target/receiver.jar]`,
		note:  `let it listen on System.getenv("PORT"); Spring Boot: add --server.port=${PORT}`,
		setup: `
      - uses: actions/setup-java@v4
        with: {distribution: temurin, java-version: "21"}
      - run: mvn --batch-mode package`,
	},
	"other": {
		setup: `
      # Start your receiver here, or have Relaycheck do it: hooks.start in relaycheck.yaml.`,
	},
}

// ScaffoldLanguages lists the languages that Scaffold knows.
func ScaffoldLanguages() []string { return []string{"go", "node", "python", "php", "java", "other"} }

// The services of a GitHub job, for the observers that need one. The variables are those that the target file reads, and
// that a receiver usually reads as well.
const (
	postgresService = `
    services:
      postgres:
        image: postgres:17
        env: {POSTGRES_HOST_AUTH_METHOD: trust, POSTGRES_DB: receiver}
        ports: ["5432:5432"]
        options: --health-cmd pg_isready --health-interval 2s --health-retries 30
    env: {DATABASE_URL: "postgres://postgres@127.0.0.1:5432/receiver?sslmode=disable"}`
	mysqlService = `
    services:
      mysql:
        image: mariadb:11
        env: {MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: "1", MARIADB_DATABASE: receiver}
        ports: ["3306:3306"]
        options: --health-cmd "healthcheck.sh --connect" --health-interval 2s --health-retries 30
    env: {DATABASE_DSN: "root@tcp(127.0.0.1:3306)/receiver"}`
	redisService = `
    services:
      redis:
        image: redis:7
        ports: ["6379:6379"]
        options: --health-cmd "redis-cli ping" --health-interval 2s --health-retries 30`
)
