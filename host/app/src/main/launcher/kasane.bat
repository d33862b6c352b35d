@echo off
rem Starts Kasane from a checkout: builds the distribution when it is missing or older than the sources,
rem then runs it. JAVA_HOME, KASANE_JAVA_OPTS and KASANE_SKIP_BUILD mean what they mean for the shell script.
setlocal
set "root=%~dp0"
set "home=%root%host\app\target\kasane"
set "archive=%home%\lib\kasane.jar"

if defined JAVA_HOME (set "java=%JAVA_HOME%\bin\java.exe") else (set "java=java.exe")
"%java%" -version >nul 2>&1
if errorlevel 1 (
  echo kasane: no Java found. Install a JDK 17 or newer, or set JAVA_HOME. 1>&2
  exit /b 1
)
for /f "tokens=3" %%v in ('""%java%" -version 2^>^&1 ^| findstr /i version"') do set "found=%%~v"
for /f "delims=.-+ tokens=1" %%m in ("%found%") do set "major=%%m"
if %major% GEQ 17 goto java_found
echo kasane: %java% is Java %found%, and 17 or newer is needed. Install a JDK 17, or set JAVA_HOME. 1>&2
exit /b 1

:java_found
if "%KASANE_SKIP_BUILD%"=="1" goto run
if not exist "%archive%" goto build
powershell -NoProfile -Command "$built=(Get-Item $env:archive).LastWriteTimeUtc; $newer=Get-ChildItem -Path $env:root -Recurse -File | Where-Object { $_.FullName -notmatch '\\target\\' -and ($_.Name -eq 'pom.xml' -or $_.FullName -match '\\src\\main\\') -and $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1; if ($newer) { exit 1 }"
if not errorlevel 1 goto run

:build
echo kasane: building; the first time this fetches libraries and takes some minutes ... 1>&2
pushd "%root%"
call mvnw.cmd -q -B -DskipTests package 1>&2
if errorlevel 1 (
  popd
  echo kasane: the build failed; what is printed above says why. 1>&2
  exit /b 1
)
popd

:run
if not exist "%archive%" (
  echo kasane: there is no distribution at %home%, and KASANE_SKIP_BUILD=1 forbids to build it. 1>&2
  exit /b 1
)
set OPT_OUT_TRACKING=true
"%java%" -XX:+UseSerialGC -Djava.awt.headless=true -Dfile.encoding=UTF-8 -Dkasane.home="%home%" %KASANE_JAVA_OPTS% -jar "%archive%" %*
exit /b %errorlevel%
