<?php

/**
 * A small receiver of CSS relay callbacks (event_type 314) to start from: plain PHP, SQLite.
 *
 *     php install.php && PHP_CLI_SERVER_WORKERS=8 php -S 127.0.0.1:8080 index.php
 */

declare(strict_types=1);

require __DIR__ . '/callback.php';
require __DIR__ . '/store.php';

const RELAY = 314;
const MAX_BODY = 1 << 20; // thirty long URLs are a few kilobytes

set_error_handler(function (int $level, string $message, string $file, int $line): never {
    throw new ErrorException($message, 0, $level, $file, $line); // a warning must not go unnoticed
});

try {
    [$status, $answer] = route($_SERVER['REQUEST_METHOD'], parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
} catch (Refused $why) {
    [$status, $answer] = [$why->status, ['code' => $why->status, 'error' => $why->getMessage()]];
} catch (Throwable $err) {
    error_log((string) $err);
    [$status, $answer] = [500, ['code' => 500, 'error' => 'not stored']]; // our fault: CSS shall send it again
}
http_response_code($status);
header('Content-Type: application/json');
echo json_encode($answer, JSON_INVALID_UTF8_SUBSTITUTE), "\n";

/** @return array{int, array<string, mixed>} status and body */
function route(string $method, string $path): array
{
    return match (true) {
        $path === '/healthz' => [200, ['schema' => Store::open()->version()]],
        $path !== '/callbacks/relay' => throw new Refused('no such page', 404),
        $method !== 'POST' => throw new Refused('callbacks come by POST', 405),
        default => take((string) file_get_contents('php://input', length: MAX_BODY + 1)),
    };
}

/** @return array{int, array<string, mixed>} */
function take(string $body): array
{
    if (strlen($body) > MAX_BODY || (int) ($_SERVER['CONTENT_LENGTH'] ?? 0) > MAX_BODY) {
        throw new Refused('the body is too long', 413);
    }
    $callback = decode($body);
    if ($callback->event_type === RELAY) { // else a push, a recording …: it says nothing about relay tasks
        verify($callback, (string) getenv('CSS_CALLBACK_KEY'));
        Store::open()->take(read_event($callback)); // committed before it is answered
    }
    return [200, ['code' => 0]]; // CSS reads the status alone; the body is a courtesy
}
