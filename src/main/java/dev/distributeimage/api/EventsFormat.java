package dev.distributeimage.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

/** The formats in which the history of a run can be requested. */
enum EventsFormat {

	/** Pages of events. */
	JSON(MediaType.APPLICATION_JSON_VALUE),

	/** Server-sent events, as they occur. */
	STREAM(MediaType.TEXT_EVENT_STREAM_VALUE);

	private final String mediaType;

	EventsFormat(String mediaType) {
		this.mediaType = mediaType;
	}

	/**
	 * The format that the caller prefers: by weight, then by how specific the media range
	 * is, then by order. Without an Accept header it is JSON.
	 * @throws HttpMediaTypeNotAcceptableException if the caller accepts neither
	 */
	static EventsFormat of(HttpServletRequest request) throws HttpMediaTypeNotAcceptableException {
		List<MediaType> accepted = new ArrayList<>(
				MediaType.parseMediaTypes(Collections.list(request.getHeaders(HttpHeaders.ACCEPT))));
		if (accepted.isEmpty()) {
			return JSON;
		}
		MimeTypeUtils.sortBySpecificity(accepted);
		for (MediaType range : accepted) {
			for (EventsFormat format : values()) {
				if (range.getQualityValue() > 0 && range.includes(format.mediaType()) && !format.isRefused(accepted)) {
					return format;
				}
			}
		}
		throw new HttpMediaTypeNotAcceptableException(List.of(JSON.mediaType(), STREAM.mediaType()));
	}

	private boolean isRefused(List<MediaType> accepted) {
		return accepted.stream()
			.anyMatch((range) -> range.getQualityValue() == 0 && range.equalsTypeAndSubtype(mediaType()));
	}

	private MediaType mediaType() {
		return MediaType.parseMediaType(this.mediaType);
	}

}
