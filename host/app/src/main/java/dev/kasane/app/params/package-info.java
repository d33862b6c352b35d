/**
 * What an adapter on a model would cost, from the model's configuration alone.
 *
 * <p>A {@link dev.kasane.core.family.PlannedModel} is the module tree that a {@code config.json} describes, with
 * {@link dev.kasane.app.params.ZeroWeight}s that take no memory. The adapter method itself says
 * how large its parameters would be, so the count is that of a real run; the
 * {@link dev.kasane.app.params.MemoryForecast} adds what training holds beside them and says by which formula, and {@link dev.kasane.app.params.GpuFit} which GPUs hold it.
 */
package dev.kasane.app.params;
