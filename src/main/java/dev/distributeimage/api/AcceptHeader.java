package dev.distributeimage.api;

import java.util.List;

import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * What a caller accepts. Spring takes {@code q=0} for the least wanted; it means not at
 * all. Other parameters do not matter: JSON has none, and Spring would write in whatever
 * charset is asked for, or fail to after the request was carried out.
 */
@Component
class AcceptHeader extends HeaderContentNegotiationStrategy implements WebMvcConfigurer {

	@Override
	public List<MediaType> resolveMediaTypes(NativeWebRequest request) throws HttpMediaTypeNotAcceptableException {
		List<MediaType> wanted = super.resolveMediaTypes(request).stream()
			.filter((type) -> type.getQualityValue() > 0)
			.map((type) -> new MediaType(type.getType(), type.getSubtype(), type.getQualityValue()))
			.toList();
		if (wanted.isEmpty()) {
			throw new HttpMediaTypeNotAcceptableException("Nothing is acceptable");
		}
		return wanted;
	}

	@Override
	public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
		configurer.strategies(List.of(this));
	}

}
