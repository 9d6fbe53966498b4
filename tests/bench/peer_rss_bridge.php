<?php
// RSS-Bridge from the distribution: a bridge as its others are, through its own
// fetching, simple_html_dom, cache and Atom format, in one process that stays,
// as under php-fpm; the same protocol as peer_lxml.py.
$folder = sys_get_temp_dir() . "/peer-rss-bridge-" . getmypid();
mkdir($folder . "/cache", 0700, true);
define("PATH_CACHE", $folder . "/cache/");
error_reporting(0);  // it defines PATH_CACHE once more, in vain
require "/usr/share/rss-bridge/lib/rssbridge.php";
Configuration::loadConfiguration();

class NewsroomBridge extends BridgeAbstract {
	const NAME = "Newsroom";
	public string $url = "";

	public function getURI() {
		return $this->url;
	}

	public function collectData() {
		$page = getSimpleHTMLDOM($this->url)
			or returnServerError("nothing came");
		foreach ($page->find("li.news") as $at) {
			$link = $at->find("h3 a", 0);
			$this->items[] = array(
				"uri" => urljoin($this->url, $link->href),
				"title" => $link->plaintext,
				"content" => $at->find("p", 0)->plaintext,
				"timestamp" => strtotime(
					$at->find(".date", 0)->plaintext . "+09:00"),
				"enclosures" => array(
					urljoin($this->url, $at->find("img", 0)->src)),
			);
		}
	}
}

function read($url, $path, &$known) {
	$bridge = new NewsroomBridge();
	$bridge->url = $url;
	$bridge->collectData();
	$formats = new FormatFactory();
	$formats->setWorkingDir(PATH_LIB_FORMATS);
	$format = $formats->create("Atom");
	$format->setItems(array_map(
		function ($item) { return new FeedItem($item); }, $bridge->getItems()));
	$format->setExtraInfos(array("name" => $bridge->getName(),
		"uri" => $url, "donationUri" => "", "icon" => ""));
	$format->setLastModified(0);
	$bytes = $format->stringify();
	if ($known === $bytes) return;
	$known = $bytes;
	file_put_contents($path . ".new", $bytes);
	rename($path . ".new", $path);
}

function cpu_us() {
	$used = getrusage();
	return ($used["ru_utime.tv_sec"] + $used["ru_stime.tv_sec"]) * 1e6 +
		$used["ru_utime.tv_usec"] + $used["ru_stime.tv_usec"];
}

$urls = $known = array();
while (($line = fgets(STDIN)) !== false) {
	if (strncmp($line, "round", 5) != 0) {
		$urls[] = trim($line);
		$known[] = "";
		continue;
	}
	$before = cpu_us();
	foreach ($urls as $number => $url)
		read($url, "$folder/$number.atom", $known[$number]);
	printf("%d\n", (cpu_us() - $before) / count($urls));
	flush();
}
system("rm -r " . escapeshellarg($folder));
