/**
 * Kasane's one class inside DJL's own package: {@link ai.djl.pytorch.jni.TorchBridge}.
 *
 * <p>DJL's public interface runs scripts without gradients, starts backward only from a scalar and hides a
 * tensor's memory. libtorch can do all of that, and DJL's native calls for it are package-private in this
 * package; so the bridge lives here, is all static, and is small enough to be checked at every upgrade of
 * DJL. No other class of Kasane may stand here or name a class of DJL's internals.
 *
 * <p>Who wants an operator goes to {@link dev.kasane.core.tensor.TorchScript}, who wants the grad mode to
 * {@link dev.kasane.core.tensor.GradMode}; both end here.
 */
package ai.djl.pytorch.jni;
