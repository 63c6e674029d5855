package dev.distributeimage.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Measures how long the threads of a JVM wait for PostgreSQL, by sampling. */
final class WaitingThreads {

	private static final Pattern BETWEEN = Pattern.compile("\n\n\"");

	private static final Pattern NAME = Pattern.compile("^\"?([^\"]+)\"");

	private static final Pattern LOCKED = Pattern.compile("<0x[0-9a-f]+>");

	private final String pid;

	/** By thread and the connection it holds: another connection means another wait. */
	private Map<String, Long> since = Map.of();

	private Duration longest = Duration.ZERO;

	WaitingThreads(long pid) {
		this.pid = Long.toString(pid);
	}

	void look() {
		long now = System.nanoTime();
		Map<String, Long> waiting = new HashMap<>();
		for (String thread : BETWEEN.split(dump(), -1)) {
			if (thread.contains("at org.postgresql.") && thread.contains("SocketInputStream.read")) {
				String key = NAME.matcher(thread).results().map((name) -> name.group(1)).findFirst().orElse("")
						+ LOCKED.matcher(thread).results().map(MatchResult::group).collect(Collectors.toSet());
				waiting.put(key, this.since.getOrDefault(key, now));
			}
		}
		this.since = waiting;
		waiting.values().stream().map((begin) -> Duration.ofNanos(now - begin)).forEach((time) -> {
			if (time.compareTo(this.longest) > 0) {
				this.longest = time;
			}
		});
	}

	Duration longest() {
		return this.longest;
	}

	private String dump() {
		try {
			Process process = new ProcessBuilder(Chaos.JCMD, this.pid, "Thread.print", "-l").redirectErrorStream(true)
				.start();
			return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
