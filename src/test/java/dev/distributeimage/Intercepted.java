package dev.distributeimage;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import org.jspecify.annotations.Nullable;

/** Lets a test come in between whenever something is called. */
public final class Intercepted {

	private Intercepted() {
	}

	/** The target, of which every call is made by the interceptor, or not at all. */
	public static <T> T of(Class<T> type, T target, Interceptor interceptor) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> interceptor
					.intercept(new Call(target, method, (arguments != null) ? arguments : new Object[0]))));
	}

	/** Who comes in between. */
	@FunctionalInterface
	public interface Interceptor {

		@Nullable Object intercept(Call call) throws Throwable;

	}

	/** What was called. */
	@SuppressWarnings("ArrayRecordComponent")
	public record Call(Object target, Method method, @Nullable Object[] arguments) {

		/** Makes the call. */
		public @Nullable Object make() throws Throwable {
			try {
				return this.method.invoke(this.target, this.arguments);
			}
			catch (InvocationTargetException ex) {
				throw ex.getCause();
			}
		}

		public String name() {
			return this.method.getName();
		}

	}

}
