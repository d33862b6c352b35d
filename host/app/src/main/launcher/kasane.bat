@echo off
rem Starts Kasane on Windows, from the folder of the distribution that this file lies in.
rem
rem   JAVA_HOME          the Java to use; otherwise the java on the PATH (17 or newer)
rem   KASANE_JAVA_OPTS   more options for the virtual machine, such as -Xmx8g
setlocal EnableExtensions DisableDelayedExpansion

rem The folder's name ends in a backslash, which would take its meaning from a quote behind it: hence the dot.
set "home=%~dp0."
set "archive=%home%\lib\kasane.jar"
if not exist "%archive%" goto no_distribution

set "java=java.exe"
if not defined JAVA_HOME goto java_chosen
set "java=%JAVA_HOME:"=%\bin\java.exe"
if not exist "%java%" goto no_java_home
:java_chosen

rem The line that tells the version is: openjdk version "17.0.9" 2023-10-17
set "found="
set "major="
for /f "tokens=3" %%v in ('^""%java%" -version 2^>^&1 ^| findstr /i /c:" version "^"') do if not defined found set "found=%%~v"
if not defined found goto no_java
for /f "tokens=1 delims=.-+" %%m in ("%found%") do set "major=%%m"
if not defined major goto old_java
if %major% LSS 17 goto old_java

rem DJL reports its use unless told not to.
set "OPT_OUT_TRACKING=true"
"%java%" -XX:+UseSerialGC -Djava.awt.headless=true -Dfile.encoding=UTF-8 -Dkasane.home="%home%" %KASANE_JAVA_OPTS% -jar "%archive%" %*
exit /b %errorlevel%

:no_distribution
echo kasane: there is no "%archive%". Keep this file in the folder of the distribution that it came with. 1>&2
exit /b 1

:no_java_home
echo kasane: JAVA_HOME has no "%java%". Point it to a Java 17 or newer. 1>&2
exit /b 1

:no_java
echo kasane: no Java found. Install a JDK 17 or newer, or set JAVA_HOME. 1>&2
exit /b 1

:old_java
echo kasane: "%java%" is Java %found%, and 17 or newer is needed. Install a JDK 17, or set JAVA_HOME. 1>&2
exit /b 1
