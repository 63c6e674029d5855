package dev.distributeimage.run.intake;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Provides the thread that inserts new runs. */
@Configuration(proxyBeanMethods = false)
class IntakeConfiguration {

	@Bean
	ExecutorService runInsertsExecutor() {
		return Executors.newSingleThreadExecutor(new CustomizableThreadFactory("run-inserts-"));
	}

}
