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
 * Amazon EC2 Image Builder on a port of this machine. Images go through their statuses as
 * time passes; where they end is said by the recipe's name ({@link NamedEndings}) or by
 * the test. Faults are ordered in sentences:
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

	private final ImageBuilder imageBuilder;

	private final HttpListener listener;

	private Simulator(SimulatorSettings settings) {
		this.settings = settings;
		this.imageBuilder = new ImageBuilder(MODEL, this::settings);
		ApiDoor api = new ApiDoor(MODEL, this.imageBuilder, this.faults, this.requests, this::settings);
		this.listener = HttpListener.start(new InetSocketAddress(settings.host(), settings.port()),
				new Doors(api, new ControlDoor(this, this.faults)));
	}

	/** Starts on a free port of the loopback interface. */
	public static Simulator start() {
		return start(SimulatorSettings.defaults());
	}

	public static Simulator start(SimulatorSettings settings) {
		return new Simulator(settings);
	}

	/** What to give an AWS client as its endpoint. */
	public URI endpoint() {
		return URI.create("http://" + this.settings.host() + ":" + port());
	}

	public int port() {
		return this.listener.port();
	}

	public SimulatorSettings settings() {
		return this.settings;
	}

	/** Changes the settings from the next call on; host and port stay. */
	public synchronized void change(UnaryOperator<SimulatorSettings> change) {
		this.settings = change.apply(this.settings);
	}

	/** The pace of images to come. */
	public void pace(Duration pace) {
		change((current) -> current.withPace(pace));
	}

	/** The next call of this operation meets this fault. */
	public FaultRule onNext(Operation operation, Fault fault) {
		return onNext(operation).meet(fault);
	}

	/** The next calls of this operation, so many of them, meet this fault. */
	public FaultRule onNext(int times, Operation operation, Fault fault) {
		return onNext(times, operation).meet(fault);
	}

	/** Every call of this operation meets this fault. */
	public FaultRule always(Operation operation, Fault fault) {
		return always(operation).meet(fault);
	}

	/** Every call of any operation meets this fault. */
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

	/** Removes every fault and lets go of every call that hangs. */
	public void clearFaults() {
		this.faults.clear();
	}

	/**
	 * The next image ends so, whatever its recipe; called twice, it is for the next two.
	 */
	public void nextImage(Ending ending) {
		this.imageBuilder.endings().order(ending);
	}

	/** Images of the recipe of this name end so. */
	public void imagesOf(String recipe, Ending ending) {
		this.imageBuilder.endings().order(recipe, ending);
	}

	/** The images built so far, the oldest first. */
	public List<SimulatedImage> images() {
		return this.imageBuilder.images().all();
	}

	/** The image of this build version ARN. */
	public SimulatedImage image(String arn) {
		return this.imageBuilder.images().known(arn).orElseThrow(() -> new NoSuchElementException(arn));
	}

	/** How many CreateImage calls have started a new build. */
	public int builds() {
		return this.imageBuilder.images().count();
	}

	/** How many distribution configurations there are. */
	public int distributionConfigurations() {
		return this.imageBuilder.configurations().count();
	}

	/**
	 * The requests so far in the order of their arrival, those not answered yet among
	 * them.
	 */
	public List<RecordedRequest> requests() {
		return this.requests.all();
	}

	public List<RecordedRequest> requests(Operation operation) {
		return this.requests.of(operation);
	}

	/**
	 * How many calls of this operation have arrived; unlike the requests themselves,
	 * never forgotten.
	 */
	public int count(Operation operation) {
		return this.requests.count(operation);
	}

	/** Forgets the requests so far and their counts. */
	public void forgetRequests() {
		this.requests.forget();
	}

	/** From now on a repeated client token is a new one. */
	public void forgetTokens() {
		this.imageBuilder.forgetTokens();
	}

	/**
	 * As new: no images, configurations, tokens, faults, endings or requests; the
	 * settings stay.
	 */
	public void reset() {
		clearFaults();
		this.imageBuilder.forget();
		this.requests.forget();
	}

	@Override
	public void close() {
		this.listener.close();
	}

}
