package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.util.function.UnaryOperator;

import dev.distributeimage.aws.AwsSettings;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Configures access to AWS by AWS's own conventions: the default credential provider
 * chain and {@code AWS_ENDPOINT_URL_IMAGEBUILDER}.
 */
@Configuration(proxyBeanMethods = false)
class AwsConfiguration {

	@Bean
	DefaultCredentialsProvider awsCredentials() {
		return DefaultCredentialsProvider.builder().build();
	}

	@Bean
	ImageBuilderClients imageBuilderClients(AwsSettings settings, DefaultCredentialsProvider credentials) {
		return new ImageBuilderClients(settings.attemptTimeout(), credentials, UnaryOperator.identity());
	}

	@Bean
	ImageBuilder imageBuilder(ImageBuilderClients clients, DefaultCredentialsProvider credentials, Clock clock) {
		return new AwsImageBuilder(new AwsCalls(clients::inRegion, credentials, clock));
	}

}
