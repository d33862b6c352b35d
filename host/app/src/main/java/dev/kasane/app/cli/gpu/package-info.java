/** Commands that put libtorch for CUDA in place. */
package dev.kasane.app.cli.gpu;
