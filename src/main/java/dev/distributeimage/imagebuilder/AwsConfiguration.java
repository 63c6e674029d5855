package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.aws.AwsSettings;
import dev.distributeimage.trace.Traces;
import io.micrometer.core.instrument.MeterRegistry;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Configures access to AWS by AWS's own conventions: the default credential provider
 * chain, {@code AWS_ENDPOINT_URL_IMAGEBUILDER} and {@code AWS_ENDPOINT_URL_STS}.
 */
@Configuration(proxyBeanMethods = false)
class AwsConfiguration {

	@Bean
	DefaultCredentialsProvider awsCredentials() {
		return DefaultCredentialsProvider.builder().build();
	}

	@Bean
	LargeResponses largeResponses(AwsSettings settings) {
		return new LargeResponses(settings.attemptTimeout());
	}

	@Bean
	ImageBuilderClients imageBuilderClients(AwsSettings settings, DefaultCredentialsProvider credentials,
			LargeResponses largeResponses, Traces traces) {
		return new ImageBuilderClients(settings.attemptTimeout(), credentials,
				new ResponseLimits(settings.maxResponse().toBytes(), largeResponses), (builder) -> {
					if (traces.areOn()) {
						builder.overrideConfiguration(builder.overrideConfiguration()
							.copy((override) -> override.addExecutionInterceptor(new TracedCalls(traces))));
					}
				});
	}

	/** Provides the thread that asks for the account of the credentials. */
	@Bean
	ScheduledExecutorService awsAccountExecutor() {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("aws-account-");
		threads.setDaemon(true);
		return Executors.newSingleThreadScheduledExecutor(threads);
	}

	@Bean
	AccountRoles accountRoles(AccountSettings settings) {
		return new AccountRoles(settings.accounts());
	}

	@Bean
	Accounts accounts(AwsSettings settings, AccountRoles roles, ImageBuilderClients clients,
			DefaultCredentialsProvider credentials, ScheduledExecutorService awsAccountExecutor) {
		if (!settings.verifyAccount()) {
			return (place) -> false;
		}
		DefaultAccount account = new DefaultAccount(clients::sts, credentials,
				DefaultAwsRegionProviderChain.builder().build(), awsAccountExecutor);
		account.start();
		return withRoles(roles, account);
	}

	/** Accounts with a role are the service's, whatever its own credentials are of. */
	static Accounts withRoles(AccountRoles roles, Accounts credentials) {
		return (place) -> roles.of(place.account()) == null && credentials.lackCredentialsFor(place);
	}

	@Bean
	CallCredentials callCredentials(ImageBuilderClients clients, DefaultCredentialsProvider credentials,
			Accounts accounts, AccountRoles roles, Clock clock) {
		return new CallCredentials(credentials, accounts, roles,
				new RoleSessions(clients::sts, clients.stsTimeout(), clock));
	}

	@Bean
	ImageBuilder imageBuilder(ImageBuilderClients clients, CallCredentials credentials, LargeResponses largeResponses,
			Clock clock, MeterRegistry metrics) {
		return new AwsImageBuilder(
				new AwsCalls(clients::inRegion, credentials, largeResponses, clock, new CallMetrics(metrics)));
	}

}
