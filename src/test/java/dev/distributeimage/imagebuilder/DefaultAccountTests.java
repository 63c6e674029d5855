package dev.distributeimage.imagebuilder;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.distributeimage.aws.Place;
import dev.distributeimage.simulator.Simulator;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the look for the account by the real SDK client, turned by hand. */
@NullUnmarked
@ExtendWith(OutputCaptureExtension.class)
class DefaultAccountTests {

	private static final Place OURS = new Place("123456789012", "eu-west-1");

	private static final Place OTHERS = new Place("999999999999", "eu-west-1");

	private static final String WARNING = "The account of the AWS credentials is not known";

	@AutoClose
	private final Simulator simulator = Simulator.start();

	private final Crank crank = new Crank();

	private final List<String> regions = new ArrayList<>();

	private URI endpoint = this.simulator.endpoint();

	private String accessKey = "AKIDEXAMPLE";

	private String configuredRegion = "eu-west-1";

	private final DefaultAccount account = new DefaultAccount(this::client, this::credentials, this::region,
			this.crank);

	@Test
	void anotherAccountIsKnownAfterTheFirstLook() {
		this.account.start();
		assertThat(this.account.lackCredentialsFor(OTHERS)).isTrue();
		assertThat(this.account.lackCredentialsFor(OURS)).isFalse();
	}

	@Test
	void nothingIsKnownWhileStsIsOutOfReach(CapturedOutput output) {
		this.endpoint = closedEndpoint();
		this.account.start();
		this.crank.turn();
		this.crank.turn();
		assertThat(this.account.lackCredentialsFor(OTHERS)).isFalse();
		assertThat(warnings(output)).hasSize(1);
		assertThat(this.crank.pauses).containsExactly(1_000L, 2_000L, 4_000L);
		this.endpoint = this.simulator.endpoint();
		this.crank.turn();
		assertThat(this.account.lackCredentialsFor(OTHERS)).isTrue();
	}

	@Test
	void warningComesAgainAfterTheAccountWasKnown(CapturedOutput output) {
		this.endpoint = closedEndpoint();
		this.account.start();
		this.endpoint = this.simulator.endpoint();
		this.crank.turn();
		this.endpoint = closedEndpoint();
		this.accessKey = "AKIDOTHER";
		this.crank.turn();
		this.crank.turn();
		assertThat(this.account.lackCredentialsFor(OTHERS)).isFalse();
		assertThat(warnings(output)).hasSize(2);
	}

	@Test
	void backoffEndsAtAMinute() {
		this.accessKey = null;
		this.account.start();
		for (int i = 0; i < 10; i++) {
			this.crank.turn();
		}
		assertThat(this.crank.pauses).startsWith(1_000L, 2_000L)
			.endsWith(60_000L, 60_000L)
			.allMatch((p) -> p <= 60_000);
		assertThat(this.regions).isEmpty();
	}

	@Test
	void newAccessKeyIsAskedForItsAccount() {
		this.account.start();
		this.crank.turn();
		assertThat(this.regions).hasSize(1);
		this.simulator.change((settings) -> settings.withAccount("999999999999"));
		this.accessKey = "AKIDOTHER";
		this.crank.turn();
		assertThat(this.account.lackCredentialsFor(OURS)).isTrue();
		assertThat(this.account.lackCredentialsFor(OTHERS)).isFalse();
	}

	@Test
	void regionOfARunIsAskedWithoutAConfiguredOne() {
		this.configuredRegion = null;
		this.endpoint = closedEndpoint();
		this.account.start();
		this.account.lackCredentialsFor(new Place("123456789012", "cn-north-1"));
		this.crank.turn();
		assertThat(this.regions).containsExactly("us-east-1", "cn-north-1");
	}

	// Contexts of other tests look for their account at the same time, in threads of
	// their own.
	private static List<String> warnings(CapturedOutput output) {
		return output.getAll()
			.lines()
			.filter((line) -> line.contains(WARNING) && line.contains(Thread.currentThread().getName() + "]"))
			.toList();
	}

	private static URI closedEndpoint() {
		Simulator closed = Simulator.start();
		closed.close();
		return closed.endpoint();
	}

	private StsClient client(String region) {
		this.regions.add(region);
		return StsClient.builder()
			.endpointOverride(this.endpoint)
			.region(Region.of(region))
			.credentialsProvider(this::credentials)
			.overrideConfiguration((override) -> override.apiCallTimeout(Duration.ofSeconds(5)))
			.build();
	}

	private AwsBasicCredentials credentials() {
		if (this.accessKey == null) {
			throw SdkClientException.create("Unable to load credentials");
		}
		return AwsBasicCredentials.create(this.accessKey, "secret");
	}

	private Region region() {
		if (this.configuredRegion == null) {
			throw SdkClientException.create("Unable to load region");
		}
		return Region.of(this.configuredRegion);
	}

	/** Runs what is due when the test says so. */
	private static final class Crank extends ScheduledThreadPoolExecutor {

		private final List<Long> pauses = new ArrayList<>();

		private Runnable next;

		Crank() {
			super(0);
		}

		@Override
		public void execute(Runnable task) {
			task.run();
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
			this.next = task;
			this.pauses.add(unit.toMillis(delay));
			return super.schedule((Callable<Object>) Object::new, 0, TimeUnit.NANOSECONDS);
		}

		void turn() {
			this.next.run();
		}

	}

}
