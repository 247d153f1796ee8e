<?php

/** What a relay callback says. The page is "Relay Event Notification", editions 2022-01 to 2025-09. */

declare(strict_types=1);

/** The callback is not taken: the fault is in the request, and nothing came of it. */
final class Refused extends RuntimeException
{
    public function __construct(string $reason, public readonly int $status = 400)
    {
        parent::__construct($reason);
    }
}

/** The outer object. Members that we do not know are ignored. */
function decode(string $body): stdClass
{
    $callback = json($body, 'the body');
    if (!$callback instanceof stdClass) {
        throw new Refused('no JSON object');
    }
    // A missing event_type is no 0: that is the interruption of a push. So nothing is compared with ==.
    if (!is_int($callback->event_type ?? null)) {
        throw new Refused('event_type is not a number');
    }
    return $callback;
}

/** Checks sign, if there is one and a key. No page says that relay callbacks are signed. */
function verify(stdClass $callback, string $key): void
{
    $sign = $callback->sign ?? '';
    if ($key === '' || $sign === '') {
        return;
    }
    $t = $callback->t ?? '';
    if (!is_string($sign) || !preg_match('/^\d{1,18}$/D', is_int($t) ? (string) $t : (is_string($t) ? $t : ''))
        || !hash_equals(md5($key . $t), strtolower($sign))) {
        throw new Refused('sign is wrong', 403);
    }
    if (time() > (int) $t) {
        throw new Refused('the signature has expired', 403);
    }
}

/**
 * What is kept of a relay callback. Only the ids and to_url may be missing, as in the documented TaskExit sample.
 *
 * @return array<string, mixed>
 */
function read_event(stdClass $callback): array
{
    // Both are JSON inside a string: they are decoded a second time. source_urls ends in a newline.
    $sources = json(text($callback, 'source_urls') ?? '', 'source_urls');
    $msg = json(text($callback, 'msg') ?? '', 'msg');
    if (!$msg instanceof stdClass) {
        throw new Refused('msg holds no object');
    }
    if (!is_array($sources) || array_filter($sources, 'is_string') !== $sources) {
        throw new Refused('source_urls holds no list of texts');
    }
    $event = [
        'name' => text($callback, 'callback_event') ?? throw new Refused('callback_event is missing'),
        'task' => text($callback, 'task_id'),
        'stream' => text($callback, 'stream_id'),
        'target' => text($callback, 'to_url'),
        'sources' => $sources === [] ? null : json_encode($sources, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES),
        'started' => number($msg, 'task_start_time'),
        'exited' => number($msg, 'task_exit_time'),
        'code' => scalar($msg, 'code'),
        'message' => text($msg, 'message'),
        'place' => number($msg, 'index'),
        'url' => text($msg, 'url'),
        'seconds' => scalar($msg, 'duration'),
    ];
    // What makes two deliveries the same callback: there is no event id.
    $identity = [$event['task'] ?? $event['sources'], $event['name'], sorted($msg), (string) scalar($callback, 'event_time')];
    return $event + ['identity' => hash('sha256', serialize($identity))];
}

/** Decodes JSON. An integer that PHP cannot hold stays text. */
function json(string $text, string $name): mixed
{
    try {
        return json_decode($text, false, 100, JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING);
    } catch (JsonException $err) {
        throw new Refused("$name holds no JSON: {$err->getMessage()}");
    }
}

/** A text; null where it is missing, null or empty. */
function text(stdClass $members, string $name): ?string
{
    $value = $members->$name ?? '';
    if (!is_string($value)) {
        throw new Refused("$name is not a text");
    }
    return $value === '' ? null : $value;
}

/** A whole number, also where it is written as text: samples and tables differ in that. Null where it is missing. */
function number(stdClass $members, string $name): ?int
{
    $value = $members->$name ?? null;
    $number = filter_var(is_float($value) ? sprintf('%.0f', $value) : $value, FILTER_VALIDATE_INT);
    if ($value !== null && ($number === false || is_bool($value))) {
        throw new Refused("$name is not a number");
    }
    return $value === null ? null : $number;
}

/** A number or a text, as it came. */
function scalar(stdClass $members, string $name): int|float|string|null
{
    $value = $members->$name ?? null;
    if ($value !== null && !is_int($value) && !is_float($value) && !is_string($value)) {
        throw new Refused("$name is neither a number nor a text");
    }
    return $value;
}

/** The same JSON with the names of its objects in order, for their order means nothing. */
function sorted(mixed $value): mixed
{
    if ($value instanceof stdClass) {
        $members = get_object_vars($value);
        ksort($members, SORT_STRING);
        return (object) array_map('sorted', $members);
    }
    return is_array($value) ? array_map('sorted', $value) : $value;
}
