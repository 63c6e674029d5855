package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;

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
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClientBuilder;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * LRU cache of the SDK's clients, one per Region. All share one connection pool and one
 * timer, so an evicted client has nothing to close.
 */
class ImageBuilderClients implements AutoCloseable {

	private static final int MAX_CLIENTS = 64;

	/** Never reached: the number of the poller's workers is the effective limit. */
	private static final int MAX_CONNECTIONS = 10_000;

	/**
	 * Time for signing and for reading the response, beyond the call's only attempt. It
	 * is capped at the attempt timeout, because a worker reserves twice that timeout for
	 * a call.
	 */
	private static final Duration ALLOWANCE = Duration.ofSeconds(2);

	private final SdkHttpClient http;

	private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, (task) -> {
		Thread thread = new Thread(task, "imagebuilder-timeouts");
		thread.setDaemon(true);
		return thread;
	});

	private final ClientOverrideConfiguration override;

	private final AnswerLimits limits;

	private final AwsCredentialsProvider credentials;

	private final UnaryOperator<ImagebuilderClientBuilder> customizer;

	private final Cache<String, ImagebuilderClient> clients = Caffeine.newBuilder().maximumSize(MAX_CLIENTS).build();

	ImageBuilderClients(Duration attemptTimeout, AwsCredentialsProvider credentials, AnswerLimits limits,
			UnaryOperator<ImagebuilderClientBuilder> customizer) {
		// A server that ignores "Expect: 100-continue" would stall every create.
		this.http = ApacheHttpClient.builder()
			.maxConnections(MAX_CONNECTIONS)
			.expectContinueEnabled(false)
			.connectionTimeout(attemptTimeout)
			.socketTimeout(attemptTimeout)
			.tcpKeepAlive(true)
			.build();
		this.override = ClientOverrideConfiguration.builder()
			.retryStrategy(AwsRetryStrategy.doNotRetry())
			.apiCallAttemptTimeout(attemptTimeout)
			.apiCallTimeout(attemptTimeout.plus((attemptTimeout.compareTo(ALLOWANCE) < 0) ? attemptTimeout : ALLOWANCE))
			.scheduledExecutorService(this.timer)
			.build();
		this.limits = limits;
		this.credentials = credentials;
		this.customizer = customizer;
	}

	ImagebuilderClient inRegion(String region) {
		return this.clients.get(region, this::newClient);
	}

	private ImagebuilderClient newClient(String region) {
		return this.customizer.apply(configured(ImagebuilderClient.builder(), region, this.limits)).build();
	}

	/** Creates a client of STS, which is rarely needed and not cached. */
	StsClient sts(String region) {
		return configured(StsClient.builder(), region, this.limits.withoutLarge()).build();
	}

	private <B extends AwsSyncClientBuilder<B, ?> & AwsClientBuilder<B, ?>> B configured(B builder, String region,
			AnswerLimits answers) {
		return builder.httpClient(this.http)
			.overrideConfiguration(this.override.toBuilder().addExecutionInterceptor(answers).build())
			.credentialsProvider(this.credentials)
			.region(Region.of(region));
	}

	@Override
	public void close() {
		this.http.close();
		this.timer.shutdownNow();
	}

}
