package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * LRU cache of the SDK's clients, one of Image Builder and one of STS per Region. All
 * share one connection pool and one timer, so an evicted client has nothing to close.
 */
class ImageBuilderClients implements AutoCloseable {

	private static final int MAX_CLIENTS = 64;

	/** Never reached: the number of the poller's workers is the effective limit. */
	private static final int MAX_CONNECTIONS = 10_000;

	/**
	 * Time for signing and for reading the response, beyond the call's only attempt. It
	 * is capped at half of the attempt timeout, and STS takes as much at most: a worker
	 * reserves twice that timeout for a call and the session that it may need.
	 */
	private static final Duration ALLOWANCE = Duration.ofSeconds(2);

	private final SdkHttpClient http;

	private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, (task) -> {
		Thread thread = new Thread(task, "imagebuilder-timeouts");
		thread.setDaemon(true);
		return thread;
	});

	private final ClientOverrideConfiguration override;

	private final Duration stsTimeout;

	private final ResponseLimits limits;

	private final AwsCredentialsProvider credentials;

	private final Consumer<AwsClientBuilder<?, ?>> customizer;

	private final Cache<String, ImagebuilderClient> clients = Caffeine.newBuilder().maximumSize(MAX_CLIENTS).build();

	private final Cache<String, StsClient> stsClients = Caffeine.newBuilder().maximumSize(MAX_CLIENTS).build();

	ImageBuilderClients(Duration attemptTimeout, AwsCredentialsProvider credentials, ResponseLimits limits,
			Consumer<AwsClientBuilder<?, ?>> customizer) {
		this(http(attemptTimeout), attemptTimeout, credentials, limits, customizer);
	}

	ImageBuilderClients(SdkHttpClient http, Duration attemptTimeout, AwsCredentialsProvider credentials,
			ResponseLimits limits, Consumer<AwsClientBuilder<?, ?>> customizer) {
		this.http = http;
		this.stsTimeout = attemptTimeout.dividedBy(2);
		this.override = ClientOverrideConfiguration.builder()
			.retryStrategy(AwsRetryStrategy.doNotRetry())
			.apiCallAttemptTimeout(attemptTimeout)
			.apiCallTimeout(
					attemptTimeout.plus((this.stsTimeout.compareTo(ALLOWANCE) < 0) ? this.stsTimeout : ALLOWANCE))
			.scheduledExecutorService(this.timer)
			.build();
		this.limits = limits;
		this.credentials = credentials;
		this.customizer = customizer;
	}

	// A server that ignores "Expect: 100-continue" would stall every create.
	private static SdkHttpClient http(Duration attemptTimeout) {
		return ApacheHttpClient.builder()
			.maxConnections(MAX_CONNECTIONS)
			.expectContinueEnabled(false)
			.connectionTimeout(attemptTimeout)
			.socketTimeout(attemptTimeout)
			.tcpKeepAlive(true)
			.build();
	}

	ImagebuilderClient inRegion(String region) {
		return this.clients.get(region, this::newClient);
	}

	private ImagebuilderClient newClient(String region) {
		return configured(ImagebuilderClient.builder(), region, this.limits, this.override).build();
	}

	/**
	 * The client of STS in the Region. A call takes no longer than {@link #stsTimeout}.
	 */
	StsClient sts(String region) {
		return this.stsClients.get(region, this::newStsClient);
	}

	private StsClient newStsClient(String region) {
		return configured(StsClient.builder(), region, this.limits.withoutLarge(),
				this.override.copy(
						(override) -> override.apiCallAttemptTimeout(this.stsTimeout).apiCallTimeout(this.stsTimeout)))
			.build();
	}

	/** The time that a call of STS takes at most, half of the attempt timeout. */
	Duration stsTimeout() {
		return this.stsTimeout;
	}

	private <B extends AwsSyncClientBuilder<B, ?> & AwsClientBuilder<B, ?>> B configured(B builder, String region,
			ResponseLimits responses, ClientOverrideConfiguration override) {
		builder.httpClient(this.http)
			.overrideConfiguration(override.toBuilder().addExecutionInterceptor(responses).build())
			.credentialsProvider(this.credentials)
			.region(Region.of(region));
		this.customizer.accept(builder);
		return builder;
	}

	@Override
	public void close() {
		this.http.close();
		this.timer.shutdownNow();
	}

}
