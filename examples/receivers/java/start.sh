#!/bin/sh
# Compiles what has changed, and becomes the receiver.
set -eu
cd "$(dirname "$0")"
jars=${JACKSON:-/usr/share/java}
classpath=classes:$jars/jackson-core.jar:$jars/jackson-annotations.jar:$jars/jackson-databind.jar
if [ ! -e classes/Receiver.class ] || [ -n "$(find . -name '*.java' -newer classes/Receiver.class)" ]; then
    javac -d classes -cp "$classpath" ./*.java
fi
exec java -XX:TieredStopAtLevel=1 -cp "$classpath" Receiver
