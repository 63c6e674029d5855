package dev.distributeimage.run.queue;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Provides the thread that stores workers' outcomes. */
@Configuration(proxyBeanMethods = false)
class QueueConfiguration {

	@Bean
	ExecutorService runWriterExecutor() {
		return Executors.newSingleThreadExecutor(new CustomizableThreadFactory("run-writer-"));
	}

}
