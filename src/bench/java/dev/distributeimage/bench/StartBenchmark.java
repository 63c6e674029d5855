package dev.distributeimage.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures a process of the service from its start: {@code ./mvnw -DskipTests package},
 * then {@code ./mvnw -Pbench test -Dtest=StartBenchmark}.
 * <p>
 * {@code -Dbench.java} are the homes of JDKs, separated by commas (this one);
 * {@code -Dbench.starts} is the number of starts of each, of which the median is shown
 * (5).
 */
@Tag("bench")
class StartBenchmark {

	private static final Path TARGET = Path.of("target").toAbsolutePath();

	private static final Path JAR = TARGET.resolve("distribute-image.jar");

	private static final int STARTS = Integer.getInteger("bench.starts", 5);

	private static final Duration IDLE = Duration.ofSeconds(10);

	private static final Report REPORT = new Report("start", about(), "JDK", "form", "ready s", "CPU s", "resident MB",
			"MB on disk", "first POST ms", "100 at once after 20: p50 ms", "p99 ms", "one, warm: p50 ms",
			"idle, transactions/s at 200 ms");

	private static final AtomicLong NAMES = new AtomicLong();

	private static BenchPostgres postgres;

	private static Simulator simulator;

	@BeforeAll
	static void start() throws IOException, SQLException {
		postgres = BenchPostgres.start();
		simulator = Simulator.start();
	}

	@AfterAll
	static void stop() throws IOException, SQLException {
		simulator.close();
		postgres.close();
		REPORT.write();
	}

	@Test
	void freshInstances() throws IOException, InterruptedException {
		List<Form> forms = new ArrayList<>();
		String homes = System.getProperty("bench.java", System.getProperty("java.home"));
		for (String home : homes.split(",", -1)) {
			forms.addAll(Form.of(Path.of(home)));
		}
		for (Form form : forms) {
			List<Figures> figures = new ArrayList<>();
			for (int i = 0; i < STARTS; i++) {
				figures.add(measured(form));
			}
			REPORT.row(form.jdk(), form.name(), median(figures, Figures::readyMillis) / 1e3,
					median(figures, Figures::cpuMillis) / 1e3, median(figures, Figures::residentBytes) >> 20,
					form.bytes() >> 20, median(figures, Figures::firstMillis), median(figures, Figures::burstP50),
					median(figures, Figures::burstP99), median(figures, Figures::warmMillis),
					median(figures, Figures::idleTransactions) / 1e3);
		}
	}

	private static Figures measured(Form form) throws InterruptedException {
		String database = postgres.newDatabase();
		long begun = System.nanoTime();
		try (ServiceProcess service = ServiceProcess.start(form.process(database))) {
			Awaitility.await()
				.pollDelay(Duration.ZERO)
				.pollInterval(Duration.ofMillis(10))
				.until(() -> service.answer("/readyz").statusCode() == 200);
			long ready = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
			ProcessFigures process = ProcessFigures.of(service.pid());
			TimeUnit.SECONDS.sleep(2);
			long first = burst(service, 1)[0];
			IntStream.range(0, 19).forEach((i) -> burst(service, 1));
			long[] hundred = burst(service, 100);
			long[] warm = IntStream.range(0, 100).mapToLong((i) -> burst(service, 1)[0]).sorted().toArray();
			return new Figures(ready, process.cpuMillis(), process.residentBytes(), first, hundred[50], hundred[99],
					warm[50], idleTransactions(database));
		}
		finally {
			postgres.drop(database);
		}
	}

	/**
	 * Starts this number of runs at once.
	 * @return milliseconds from each POST to its CreateImage, the shortest first
	 */
	private static long[] burst(ServiceProcess service, int runs) {
		simulator.forgetRequests();
		Map<String, Instant> sent = new ConcurrentHashMap<>();
		ExecutorService callers = Executors.newFixedThreadPool(runs);
		List<CompletableFuture<Void>> calls = IntStream.range(0, runs)
			.mapToObj((i) -> CompletableFuture.runAsync(() -> start(service, sent), callers))
			.toList();
		calls.forEach(CompletableFuture::join);
		callers.shutdown();
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(1))
			.until(() -> simulator.count(Operation.GET_IMAGE) >= runs);
		return simulator.requests(Operation.CREATE_IMAGE)
			.stream()
			.mapToLong((request) -> Duration.between(sent.get(name(request)), request.at()).toMillis())
			.sorted()
			.toArray();
	}

	private static void start(ServiceProcess service, Map<String, Instant> sent) {
		String name = "start-" + NAMES.incrementAndGet();
		sent.put(name, Instant.now());
		HttpResponse<String> answer = service.post(Asked.body(name, "eu-west-1"));
		if (answer.statusCode() != 202) {
			throw new IllegalStateException(answer.body());
		}
	}

	// Name and client token are the same.
	private static String name(RecordedRequest request) {
		return request.parameter("clientToken").orElseThrow();
	}

	// The engine has nothing to do: all images are being built, and are polled every 10
	// minutes. Connections that are idle report what they did before after 10 s.
	private static long idleTransactions(String database) throws InterruptedException {
		TimeUnit.SECONDS.sleep(12);
		long before = postgres.commits(database);
		TimeUnit.MILLISECONDS.sleep(IDLE.toMillis());
		return (postgres.commits(database) - before) * 1_000 / IDLE.toSeconds();
	}

	private static long median(List<Figures> figures, ToLongFunction<Figures> figure) {
		return figures.stream().mapToLong(figure).sorted().toArray()[figures.size() / 2];
	}

	private static String about() {
		return """
				Fresh processes with 1 GB of memory, as in the container. From the start of the process to a ready /readyz; \
				processor time and resident memory of the process at that moment. From POST to CreateImage, with the HTTP \
				of both ends: the first one of a fresh process, 100 at once after 20, and one alone after those. Medians \
				of %d starts; PostgreSQL, simulator and callers share %d processors with it."""
			.formatted(STARTS, Runtime.getRuntime().availableProcessors());
	}

	/** Measurements of one process. */
	private record Figures(long readyMillis, long cpuMillis, long residentBytes, long firstMillis, long burstP50,
			long burstP99, long warmMillis, long idleTransactions) {
	}

	/** The processor time and memory of a process, by proc(5). */
	private record ProcessFigures(long cpuMillis, long residentBytes) {

		private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

		static ProcessFigures of(long pid) {
			try {
				Duration cpu = ProcessHandle.of(pid).orElseThrow().info().totalCpuDuration().orElseThrow();
				Matcher resident = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
				return new ProcessFigures(cpu.toMillis(),
						resident.find() ? Long.parseLong(resident.group(1)) << 10 : 0);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/** A JDK, and a way to start the service with it. */
	private record Form(String jdk, String name, Path java, Path directory, List<String> options) {

		static List<Form> of(Path home) throws IOException, InterruptedException {
			Path java = home.resolve("bin/java");
			String version = Files.readString(home.resolve("release")).replaceAll("(?s).*JAVA_VERSION=\"(\\d+).*", "$1");
			Path extracted = Files.createDirectories(TARGET.resolve("bench/extracted-" + version));
			run(extracted, java, "-Djarmode=tools", "-jar", JAR.toString(), "extract", "--force", "--destination", ".");
			List<Form> forms = new ArrayList<>(List.of(new Form(version, "jar", java, TARGET, List.of()),
					new Form(version, "extracted", java, extracted, List.of())));
			if (Integer.parseInt(version) >= 25) {
				Path cached = Files.createDirectories(TARGET.resolve("bench/cached-" + version));
				run(cached, java, "-Djarmode=tools", "-jar", JAR.toString(), "extract", "--force", "--destination", ".");
				run(cached, java, "-XX:AOTCacheOutput=distribute-image.aot", "-Dspring.context.exit=onRefresh",
						"-Dspring.profiles.active=training", "-jar", "distribute-image.jar");
				forms.add(new Form(version, "AOT cache", java, cached, List.of("-XX:AOTCache=distribute-image.aot")));
			}
			return forms;
		}

		private static void run(Path directory, Path java, String... arguments) throws IOException, InterruptedException {
			Process process = new ProcessBuilder(
					Stream.concat(Stream.of(java.toString()), Stream.of(arguments)).toList())
				.directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(directory.resolve("output.txt").toFile())
				.start();
			if (process.waitFor() != 0) {
				throw new IllegalStateException(Files.readString(directory.resolve("output.txt")));
			}
		}

		ProcessBuilder process(String database) {
			List<String> command = new ArrayList<>(List.of(this.java.toString(), "-Xmx614m"));
			command.addAll(this.options);
			command.addAll(List.of("-jar", "distribute-image.jar", "--server.port=0",
					"--distribute-image.image.poll-every=10m", "--distribute-image.poller.tick=200ms"));
			command.addAll(Arrays.asList(postgres.settings(database)));
			ProcessBuilder process = new ProcessBuilder(command).directory(this.directory.toFile())
				.redirectErrorStream(true);
			process.environment()
				.putAll(Map.of("MANAGEMENT_SERVER_PORT", "0", "DISTRIBUTEIMAGE_SECURITY_OPEN", "true",
						"AWS_ENDPOINT_URL_IMAGEBUILDER", simulator.endpoint().toString(), "AWS_ENDPOINT_URL_STS",
						simulator.endpoint().toString(), "AWS_ACCESS_KEY_ID", "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY",
						"secret"));
			return process;
		}

		long bytes() throws IOException {
			if (this.options.isEmpty() && this.directory.equals(TARGET)) {
				return Files.size(JAR);
			}
			try (Stream<Path> files = Files.walk(this.directory)) {
				return files.filter(Files::isRegularFile).mapToLong((file) -> file.toFile().length()).sum();
			}
		}

	}

}
