rm -rf /home/candidate/website
mkdir -p /home/candidate/website/drafts
cd /home/candidate/website
echo '<h1>Welcome aboard</h1><p>Ferries between the islands, every day of the year.</p>' > index.html
echo '<h1>Timetable</h1><p>Pier 4: 07:10, 09:40, 12:10, 14:40, 17:10</p>' > timetable.html
echo '<h1>Contact</h1><p>Harbour office, pier 1</p>' > contact.html
echo '<h1>Prices for next year, not public</h1>' > drafts/prices.html
