package dev.distributeimage.simulator;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;

import dev.distributeimage.simulator.http.HttpListener;
import dev.distributeimage.simulator.shape.ServiceModel;

/**
 * Amazon EC2 Image Builder on a local port. Images pass through their statuses as time
 * passes; the recipe's name ({@link NamedEndings}) or the test determines how they end.
 * Faults are ordered in a fluent style:
 *
 * <pre>
 * simulator.onNext(CREATE_IMAGE, Fault.error(429, "CallRateLimitExceededException"));
 * simulator.always(GET_IMAGE).inRegion("eu-west-1").hang();
 * </pre>
 */
public final class Simulator implements AutoCloseable {

	private static final ServiceModel MODEL = ServiceModel
		.read("/dev/distributeimage/simulator/imagebuilder-model.json");

	private static final int MOST_REQUESTS = 20_000;

	private volatile SimulatorSettings settings;

	private final Faults faults = new Faults();

	private final Requests requests = new Requests(MOST_REQUESTS);

	private final Sts sts = new Sts(this::settings);

	private final ImageBuilder imageBuilder;

	private final HttpListener listener;

	private Simulator(SimulatorSettings settings) {
		this.settings = settings;
		this.imageBuilder = new ImageBuilder(MODEL, this::settings);
		ApiDoor api = new ApiDoor(MODEL, this.imageBuilder, this.faults, this.requests, this.sts, this::settings);
		this.listener = HttpListener.start(new InetSocketAddress(settings.host(), settings.port()),
				new Doors(api, new StsDoor(this.sts, this::settings), new ControlDoor(this, this.faults)));
	}

	/** Starts on a free port of the loopback interface. */
	public static Simulator start() {
		return start(SimulatorSettings.defaults());
	}

	public static Simulator start(SimulatorSettings settings) {
		return new Simulator(settings);
	}

	/** The roles and sessions of its STS. */
	public Sts sts() {
		return this.sts;
	}

	/** The endpoint to configure in an AWS client. */
	public URI endpoint() {
		return URI.create("http://" + this.settings.host() + ":" + port());
	}

	public int port() {
		return this.listener.port();
	}

	public SimulatorSettings settings() {
		return this.settings;
	}

	/** Changes the settings for calls from now on; host and port stay. */
	public synchronized void change(UnaryOperator<SimulatorSettings> change) {
		this.settings = change.apply(this.settings);
	}

	/** Sets the pace of images created from now on. */
	public void pace(Duration pace) {
		change((current) -> current.withPace(pace));
	}

	/** Applies a fault to the next call of this operation. */
	public FaultRule onNext(Operation operation, Fault fault) {
		return onNext(operation).meet(fault);
	}

	/** Applies a fault to this many next calls of this operation. */
	public FaultRule onNext(int times, Operation operation, Fault fault) {
		return onNext(times, operation).meet(fault);
	}

	/** Applies a fault to every call of this operation. */
	public FaultRule always(Operation operation, Fault fault) {
		return always(operation).meet(fault);
	}

	/** Applies a fault to every call. */
	public FaultRule always(Fault fault) {
		return always().meet(fault);
	}

	public FaultScope onNext(Operation operation) {
		return onNext(1, operation);
	}

	public FaultScope onNext(int times, Operation operation) {
		return this.faults.scope(operation, times);
	}

	public FaultScope always(Operation operation) {
		return this.faults.scope(operation, Faults.ALWAYS);
	}

	public FaultScope always() {
		return this.faults.scope(null, Faults.ALWAYS);
	}

	/** Removes every fault but those of STS and releases every hanging call. */
	public void clearFaults() {
		this.faults.clear();
	}

	/**
	 * Sets the ending of the next image, regardless of its recipe. Calling it twice sets the
	 * next two.
	 */
	public void nextImage(Ending ending) {
		this.imageBuilder.endings().order(ending);
	}

	/** Sets the ending of all images whose recipe has this name. */
	public void imagesOf(String recipe, Ending ending) {
		this.imageBuilder.endings().order(recipe, ending);
	}

	/** All images, oldest first. */
	public List<SimulatedImage> images() {
		return this.imageBuilder.images().all();
	}

	/** The image with this build version ARN. */
	public SimulatedImage image(String arn) {
		return this.imageBuilder.images().known(arn).orElseThrow(() -> new NoSuchElementException(arn));
	}

	/** The number of builds that CreateImage calls have started. */
	public int builds() {
		return this.imageBuilder.images().count();
	}

	/** The number of distribution configurations. */
	public int distributionConfigurations() {
		return this.imageBuilder.resources().count(Kind.DISTRIBUTION_CONFIGURATION);
	}

	/** The recorded requests in order of arrival, including unanswered ones. */
	public List<RecordedRequest> requests() {
		return this.requests.all();
	}

	public List<RecordedRequest> requests(Operation operation) {
		return this.requests.of(operation);
	}

	/**
	 * The number of calls of this operation so far, including those no longer recorded.
	 */
	public int count(Operation operation) {
		return this.requests.count(operation);
	}

	/** Deletes the recorded requests and resets their counts. */
	public void forgetRequests() {
		this.requests.forget();
	}

	/** Treats every client token as new from now on. */
	public void forgetTokens() {
		this.imageBuilder.forgetTokens();
	}

	/**
	 * Deletes images, configurations, tokens, faults, endings, requests, roles and
	 * sessions; keeps the settings.
	 */
	public void reset() {
		clearFaults();
		this.imageBuilder.forget();
		this.requests.forget();
		this.sts.forget();
	}

	@Override
	public void close() {
		this.listener.close();
	}

}
