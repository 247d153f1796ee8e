<?php

/** The tasks in SQLite. A callback is taken in one transaction. */

declare(strict_types=1);

final class Store
{
    private function __construct(private PDO $db)
    {
    }

    public static function open(): self
    {
        $db = new PDO('sqlite:' . (getenv('DATABASE') ?: __DIR__ . '/receiver.db'), options: [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_TIMEOUT => 10, // seconds to wait for another worker's transaction
            PDO::ATTR_PERSISTENT => true, // the last one to close the file would have to tidy it up each time
        ]);
        $db->exec('pragma synchronous = full'); // on the disk when it is answered
        return new self($db);
    }

    public function version(): int
    {
        return $this->db->query('pragma user_version')->fetchColumn();
    }

    public function install(string $schema): void
    {
        $this->db->exec('pragma journal_mode = wal'); // whoever looks does not wait for who writes
        if ($this->version() === 0) {
            $this->db->exec('begin immediate;' . file_get_contents($schema) . 'commit');
        }
    }

    /** @param array<string, mixed> $event of read_event */
    public function take(array $event): void
    {
        // Workers queue up here, first come, first served. Who waits for SQLite looks again from time to time, and may be
        // out of luck for seconds.
        $queue = fopen(__FILE__, 'r');
        flock($queue, LOCK_EX); // until it is closed, with the function or with the process
        // Immediate: a transaction that reads first and writes later may find that somebody else was quicker.
        $this->db->exec('begin immediate');
        try {
            $event['task'] ??= $this->taskOf($event);
            if ($this->isNew($event) && $event['task'] !== null) {
                $this->apply($event);
            }
            $this->db->exec('commit');
        } catch (Throwable $err) {
            $this->db->exec('rollback');
            throw $err;
        }
    }

    /** A TaskExit without ids is the task's that has the same sources, if there is only one. */
    private function taskOf(array $event): ?string
    {
        if ($event['name'] !== 'TaskExit' || $event['sources'] === null) {
            return null;
        }
        $ids = $this->run('select id from tasks where sources = :sources limit 2', $event)->fetchAll(PDO::FETCH_COLUMN);
        return count($ids) === 1 ? $ids[0] : null;
    }

    private function isNew(array $event): bool
    {
        $sql = 'insert into callbacks (identity, task, event) values (:identity, :task, :name) on conflict do nothing';
        return $this->run($sql, $event)->rowCount() === 1;
    }

    private function apply(array $event): void
    {
        $this->run('insert into tasks (id, stream, target, sources) values (:task, :stream, :target, :sources)
            on conflict (id) do update set stream = coalesce(:stream, stream), target = coalesce(:target, target),
            sources = coalesce(:sources, sources)', $event);
        match ($event['name']) {
            'TaskStart' => $this->start($event),
            'TaskExit' => $this->exit($event),
            'VodSourceFileStart' => $this->file($event, 0),
            'VodSourceFileFinish' => $this->file($event, 1),
            'TaskAlarm' => $this->run('update tasks set alarms = alarms + 1 where id = :task', $event), // a warning, no end
            default => null, // kept, and no more
        };
    }

    private function start(array $event): void
    {
        $this->turn($event, 'ON', $event['started']); // also after an exit: TaskExit is not final
        $this->run('update tasks set started_at = :started where id = :task
            and not (:started > 0 and ifnull(started_at, 0) > :started)', $event);
        $this->run("insert into outbox (task, text) values (:task, 'started')", $event);
    }

    private function exit(array $event): void
    {
        $this->turn($event, 'OFF', $event['exited']);
        $this->run('update tasks set exited_at = :exited, code = :code, message = :message where id = :task
            and not (ifnull(:exited, 0) > 0 and ifnull(exited_at, 0) > :exited)', $event);
        $this->run("insert into outbox (task, text) values (:task, 'stopped: ' || ifnull(:message, ''))", $event);
    }

    /** Times tell the order where both are there and differ. Else what comes later is newer. */
    private function turn(array $event, string $state, ?int $at): void
    {
        $this->run('update tasks set state = :state, turned_at = :at where id = :task
            and not (:at > 0 and turned_at > :at)', ['state' => $state, 'at' => $at ?? 0] + $event);
    }

    private function file(array $event, int $done): void
    {
        $this->run("update tasks set state = 'ON' where id = :task and state is null", $event); // it has overtaken its TaskStart
        // A start that comes after its finish does not undo it.
        $this->run("insert into files (task, place, url, seconds, done) values (:task, ifnull(:place, -1), ifnull(:url, ''), :seconds, :done)
            on conflict do update set seconds = coalesce(excluded.seconds, seconds), done = max(done, excluded.done)",
            ['done' => $done] + $event);
    }

    /** Runs a statement with those of the values that it names. */
    private function run(string $sql, array $values): PDOStatement
    {
        $statement = $this->db->prepare($sql);
        preg_match_all('/:(\w+)/', $sql, $names);
        foreach (array_unique($names[1]) as $name) {
            $type = is_int($values[$name]) ? PDO::PARAM_INT : PDO::PARAM_STR;
            $statement->bindValue($name, $values[$name], $values[$name] === null ? PDO::PARAM_NULL : $type);
        }
        $statement->execute();
        return $statement;
    }
}
