/**
 * What was there before adapters had names: the files of cloneofsimo's LoRA scripts, and learned words.
 *
 * <p>cloneofsimo's keys count the layers ({@code unet:0:up}) in the order in which PyTorch walked through the
 * model of the time. {@link dev.kasane.plugin.cloneofsimo.LayerOrder} walks the same way over the layers that
 * the base has; a file whose number of layers or whose shapes do not agree is refused, for one place too
 * many would shift every layer after it. Such files are read and not written: they cannot leave a layer out
 * and have no alpha.
 *
 * <p>{@link dev.kasane.plugin.cloneofsimo.TextualInversionFormat} reads and writes learned words on their own,
 * which cloneofsimo's files also carry.
 */
package dev.kasane.plugin.cloneofsimo;
