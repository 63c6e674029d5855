package dev.distributeimage.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.chaos.Chaos;

/** wrk: each connection sends the next request as soon as the last one is answered. */
final class Wrk {

	static final int CONNECTIONS = 16;

	private static final String FIGURES = "figures:";

	private static final String DONE = """

			done = function(summary, latency, requests)
			  local errors = summary.errors
			  print(string.format("figures: %d %d %d %d %d", summary.requests, summary.duration,
			    latency:percentile(50), latency:percentile(99),
			    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
			end
			""";

	private Wrk() {
	}

	/** The result of a round. */
	record Figures(long requests, Duration time, Duration p50, Duration p99, long failed) {

		double perSecond() {
			return this.requests / (this.time.toNanos() / 1e9);
		}

		// In microseconds, except for the counts at both ends.
		private static Figures of(String line) {
			List<Long> numbers = Stream.of(line.replace(FIGURES, "").trim().split(" ", -1)).map(Long::valueOf).toList();
			List<Duration> times = numbers.stream().map((micros) -> Duration.ofNanos(micros * 1_000)).toList();
			return new Figures(numbers.get(0), times.get(1), times.get(2), times.get(3), numbers.get(4));
		}

	}

	static boolean isHere() {
		return Chaos.answers("sh", "-c", "command -v wrk");
	}

	/**
	 * Posts a body in which every {@code NUMBER} is replaced by the number of the
	 * request.
	 */
	static Figures post(URI uri, String body, Duration time) throws IOException, InterruptedException {
		return post(uri, body, List.of(), time);
	}

	/** The same with these bearer tokens, one after the other. */
	static Figures post(URI uri, String body, List<String> tokens, Duration time)
			throws IOException, InterruptedException {
		return run(uri, time, """
				local body, tokens, number = [==[%s]==], { %s }, 0
				wrk.method = "POST"
				wrk.headers["Content-Type"] = "application/json"
				request = function()
				  number = number + 1
				  if #tokens > 0 then wrk.headers["Authorization"] = "Bearer " .. tokens[number %% #tokens + 1] end
				  return wrk.format(nil, nil, nil, (body:gsub("NUMBER", number)))
				end
				""".formatted(body, quoted(tokens)));
	}

	/** Gets these paths one after the other, repeatedly. */
	static Figures get(URI uri, List<String> paths, Duration time) throws IOException, InterruptedException {
		return get(uri, paths, List.of(), time);
	}

	/** The same with these bearer tokens, one after the other. */
	static Figures get(URI uri, List<String> paths, List<String> tokens, Duration time)
			throws IOException, InterruptedException {
		return run(uri, time, """
				local paths, tokens, requests, number = { %s }, { %s }, {}, 0
				init = function(args)
				  for i, path in ipairs(paths) do
				    if #tokens > 0 then wrk.headers["Authorization"] = "Bearer " .. tokens[i %% #tokens + 1] end
				    requests[i] = wrk.format("GET", path)
				  end
				end
				request = function()
				  number = number %% #requests + 1
				  return requests[number]
				end
				""".formatted(quoted(paths), quoted(tokens)));
	}

	private static String quoted(List<String> texts) {
		return texts.isEmpty() ? "" : texts.stream().collect(Collectors.joining("\", \"", "\"", "\""));
	}

	private static Figures run(URI uri, Duration time, String script) throws IOException, InterruptedException {
		Report.write("wrk.lua", script + DONE);
		Process wrk = new ProcessBuilder("wrk", "--threads=1", "--connections=" + CONNECTIONS,
				"--duration=" + time.toSeconds() + "s", "--timeout=10s",
				"--script=" + Path.of("target", "bench", "wrk.lua"), uri.toString())
			.redirectErrorStream(true)
			.start();
		String output = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		wrk.waitFor();
		return output.lines()
			.filter((line) -> line.startsWith(FIGURES))
			.map(Figures::of)
			.findAny()
			.orElseThrow(() -> new IllegalStateException(output));
	}

}
