package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.aws.AwsSettings;
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
	LargeAnswers largeAnswers(AwsSettings settings) {
		return new LargeAnswers(settings.attemptTimeout());
	}

	@Bean
	ImageBuilderClients imageBuilderClients(AwsSettings settings, DefaultCredentialsProvider credentials,
			LargeAnswers largeAnswers) {
		return new ImageBuilderClients(settings.attemptTimeout(), credentials,
				new AnswerLimits(settings.maxAnswer().toBytes(), largeAnswers), UnaryOperator.identity());
	}

	/** Provides the thread that asks for the account of the credentials. */
	@Bean
	ScheduledExecutorService awsAccountExecutor() {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("aws-account-");
		threads.setDaemon(true);
		return Executors.newSingleThreadScheduledExecutor(threads);
	}

	@Bean
	Accounts accounts(AwsSettings settings, ImageBuilderClients clients, DefaultCredentialsProvider credentials,
			ScheduledExecutorService awsAccountExecutor) {
		if (!settings.verifyAccount()) {
			return (place) -> false;
		}
		CredentialsAccount account = new CredentialsAccount(clients::sts, credentials,
				DefaultAwsRegionProviderChain.builder().build(), awsAccountExecutor);
		account.start();
		return account;
	}

	@Bean
	ImageBuilder imageBuilder(ImageBuilderClients clients, DefaultCredentialsProvider credentials, Accounts accounts,
			LargeAnswers largeAnswers, Clock clock) {
		return new AwsImageBuilder(new AwsCalls(clients::inRegion, credentials, accounts, largeAnswers, clock));
	}

}
