package dev.distributeimage.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import dev.distributeimage.ServiceProcess;

/** The heap of a service. */
final class Heap {

	private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

	private Heap() {
	}

	/** The size of all live objects. Collects garbage first, which pauses the service. */
	static int megabytes(ServiceProcess service) {
		MatchResult total = TOTAL.matcher(jcmd(service, "GC.class_histogram")).results().findFirst().orElseThrow();
		return Math.toIntExact(Long.parseLong(total.group(1)) / (1024 * 1024));
	}

	private static String jcmd(ServiceProcess service, String command) {
		try {
			Process process = new ProcessBuilder(Chaos.JCMD, Long.toString(service.pid()), command)
				.redirectErrorStream(true)
				.start();
			return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
