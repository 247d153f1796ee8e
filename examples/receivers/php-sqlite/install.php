<?php

/** Makes the tables, if they are not there. To be run before the server: its workers would do it all at once. */

declare(strict_types=1);

require __DIR__ . '/store.php';

Store::open()->install(__DIR__ . '/schema.sql');
