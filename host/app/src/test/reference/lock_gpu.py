"""Writes the lock of libtorch for CUDA: which wheels, and which of their files.

    python -m pip download --no-deps --only-binary=:all: --dest WHEELS torch==2.7.1 NVIDIA_PACKAGES...
    python -m pip install --target PACKAGES --no-deps WHEELS/*
    python lock_gpu.py WHEELS PACKAGES > ../../main/resources/dev/kasane/app/gpu/linux-x86_64.json

NVIDIA_PACKAGES are those that torch's own metadata asks for. A file is needed when libtorch's libraries ask for it
(DT_NEEDED, read with readelf), or when one of them is known to open it by name while it runs. A wheel with no needed
file (nvtx, triton) is left out.
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys
import zipfile

# What is loaded first, and what libtorch opens by itself: its linear algebra and its door to NVRTC.
ROOTS = ["libtorch.so", "libcaffe2_nvrtc.so", "libtorch_cuda_linalg.so"]
# cuDNN opens its parts, NVRTC its table of built-in headers.
OPENED = re.compile(r"libcudnn_.*|libnvrtc-builtins.*")


def needed(library):
    lines = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", lines)


def closure(packages):
    files = {file.name: file for folder in ("torch/lib", "nvidia/*/lib", "cusparselt/lib")
             for file in packages.glob(folder + "/*.so*")}
    found, open_ends = set(), ROOTS + [name for name in files if OPENED.fullmatch(name)]
    while open_ends:
        name = open_ends.pop()
        if name in files and name not in found:
            found.add(name)
            open_ends += needed(files[name])
    return {files[name].relative_to(packages).as_posix() for name in found}


def capabilities(packages):
    script = f"import sys; sys.path.insert(0, {str(packages)!r}); import torch; print(torch._C._cuda_getArchFlags())"
    flags = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return sorted(int(flag[3:]) for flag in flags.split() if flag.startswith("sm_"))


def wheel(file, wanted):
    with zipfile.ZipFile(file) as archive:
        entries = {entry.filename: entry.file_size for entry in archive.infolist() if entry.filename in wanted}
    digest = hashlib.sha256()
    with open(file, "rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
    project = file.name.split("-")[0].replace("_", "-")
    return {"project": project, "file": file.name, "size": file.stat().st_size, "sha256": digest.hexdigest(),
            "entries": dict(sorted(entries.items()))}


def main():
    wheels, packages = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    wanted = closure(packages)
    found = [wheel(file, wanted) for file in sorted(wheels.glob("*.whl"))]
    found = [each for each in found if each["entries"]]
    lacking = wanted - {name for each in found for name in each["entries"]}
    if lacking:
        sys.exit(f"no wheel in {wheels} has {sorted(lacking)}")
    found.sort(key=lambda each: (each["project"] != "torch", each["project"]))
    version = (packages / "torch/version.py").read_text()
    json.dump({"libtorch": re.search(r"__version__ = '([\d.]+)", version)[1],
               "cuda": re.search(r"cuda.*= '([\d.]+)'", version)[1],
               "capabilities": capabilities(packages), "wheels": found}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
