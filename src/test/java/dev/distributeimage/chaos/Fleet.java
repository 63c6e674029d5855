package dev.distributeimage.chaos;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.ServiceProcess;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Replicas of the service with one database and one simulator. Each signs its calls with
 * its own access key, which identifies the caller.
 */
public final class Fleet implements AutoCloseable {

	private static final Pattern ACCESS_KEY = Pattern.compile("Credential=REPLICA([0-9]+)/");

	private static final List<String> SETTINGS = List.of("--distribute-image.image.poll-every=1s",
			"--distribute-image.poller.claim-for=10s", "--distribute-image.aws.attempt-timeout=2s");

	private final SimulatorProcess simulator = SimulatorProcess.start("--pace=1s");

	private final ExecutorService starter = Executors.newSingleThreadExecutor();

	/**
	 * The environment of a replica.
	 *
	 * @param database its path to the database
	 * @param environment additional environment variables
	 */
	record Surroundings(JdbcConnectionDetails database, Map<String, String> environment) {
	}

	private final List<Surroundings> surroundings;

	private final JdbcClient jdbc;

	private final AtomicReferenceArray<ServiceProcess> replicas;

	private final String[] settings;

	/** Starts this number of replicas, with additional settings. */
	Fleet(JdbcConnectionDetails database, int replicas, String... moreSettings) {
		this(database, Collections.nCopies(replicas, new Surroundings(database, Map.of())), moreSettings);
	}

	/** Starts a replica in each of the environments, all with the same database. */
	Fleet(JdbcConnectionDetails database, List<Surroundings> surroundings, String... moreSettings) {
		this.surroundings = surroundings;
		this.jdbc = JdbcClient.create(new DriverManagerDataSource(database.getJdbcUrl(),
				Objects.requireNonNull(database.getUsername()), Objects.requireNonNull(database.getPassword())));
		this.settings = Stream.concat(SETTINGS.stream(), Stream.of(moreSettings)).toArray(String[]::new);
		this.replicas = new AtomicReferenceArray<>(surroundings.size());
		try {
			IntStream.range(0, surroundings.size()).forEach(this::start);
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	SimulatorProcess simulator() {
		return this.simulator;
	}

	JdbcClient jdbc() {
		return this.jdbc;
	}

	/** The replicas that were started and not killed. */
	List<ServiceProcess> ready() {
		return IntStream.range(0, this.replicas.length())
			.mapToObj(this.replicas::get)
			.filter(Objects::nonNull)
			.toList();
	}

	ServiceProcess replica(int number) {
		return Objects.requireNonNull(this.replicas.get(number), "The replica has not started yet");
	}

	/** Kills a replica at once; another one is started in its place in the background. */
	void kill(int number) {
		ServiceProcess killed = replica(number);
		this.replicas.set(number, null);
		killed.kill();
		this.starter.execute(() -> start(number));
	}

	/**
	 * Returns the replica that has waited longest for the answer to a call of the
	 * operation.
	 */
	int holderOf(String operation) {
		JsonNode waiting = this.simulator.get("requests?status=0&operation=" + operation).get("requests");
		String authorization = waiting.valueStream().findFirst().orElseThrow().at("/headers/authorization").asString();
		MatchResult key = ACCESS_KEY.matcher(authorization)
			.results()
			.findFirst()
			.orElseThrow(() -> new NoSuchElementException("No replica signs as " + authorization));
		return Integer.parseInt(key.group(1));
	}

	@Override
	public void close() {
		this.starter.shutdownNow();
		ready().forEach(ServiceProcess::close);
		this.simulator.close();
	}

	private void start(int number) {
		Map<String, String> environment = new HashMap<>(this.surroundings.get(number).environment());
		environment.put("AWS_ACCESS_KEY_ID", "REPLICA" + number);
		this.replicas.set(number, ServiceProcess.start(this.surroundings.get(number).database(),
				this.simulator.endpoint(), environment, this.settings));
	}

}
